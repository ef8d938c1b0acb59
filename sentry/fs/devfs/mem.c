/*
 * Memory devices: null, zero, full, random, urandom (devfs.h)
 *
 * Locks: none; they have no state.
 */
#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/random.h>
#include <sys/sysmacros.h>

#include "fs/devfs/internal.h"
#include "fs/file.h"
#include "fs/inode.h"
#include "fs/open.h"
#include "host/host.h"
#include "lib/alloc.h"
#include "lib/park.h"

#define MEM_MAJOR    1
#define RANDOM_CHUNK 4096u

/* Give others their turn, and signals a chance, in a read or write of gigabytes. */
#define STEP (1u << 20)

static ssize_t null_read(struct file *f, struct iov_iter *dst, off_t *pos)
{
	(void)f, (void)dst, (void)pos;
	return 0;
}

static ssize_t null_write(struct file *f, struct iov_iter *src, off_t *pos)
{
	size_t n = iov_iter_count(src);

	(void)f, (void)pos;
	iov_iter_advance(src, n);
	return (ssize_t)n;
}

static ssize_t zero_read(struct file *f, struct iov_iter *dst, off_t *pos)
{
	ssize_t done = 0, n = 0;

	(void)f, (void)pos;
	while (iov_iter_count(dst) && !(done && park_interrupted(park_self()))) {
		n = iov_iter_zero(dst, min(iov_iter_count(dst), (size_t)STEP));
		if (n <= 0)
			break;
		done += n;
	}
	return done ? done : n;
}

static ssize_t full_write(struct file *f, struct iov_iter *src, off_t *pos)
{
	(void)f, (void)src, (void)pos;
	return -ENOSPC;
}

static ssize_t random_read(struct file *f, struct iov_iter *dst, off_t *pos)
{
	u8 buf[RANDOM_CHUNK];
	ssize_t done = 0, n = 0;

	(void)f, (void)pos;
	while (iov_iter_count(dst) && !(done && park_interrupted(park_self()))) {
		size_t len = min(iov_iter_count(dst), sizeof(buf));

		n = host_getrandom(buf, len);
		if (!n)
			n = copy_to_iter_some(dst, buf, len);
		if (n <= 0)
			break;
		done += n;
	}
	explicit_bzero(buf, sizeof(buf));
	return done ? done : n;
}

/* As on Linux a write is taken and mixed in: the host has entropy enough without it. */
static ssize_t random_write(struct file *f, struct iov_iter *src, off_t *pos)
{
	return null_write(f, src, pos);
}

static off_t mem_llseek(struct file *f, off_t off, int whence)
{
	(void)f, (void)off, (void)whence;
	return 0;
}

static int zero_mmap(struct file *f, struct file_map *map)
{
	(void)f;
	map->fd = HOSTFD_NONE;
	return 0;
}

static int mem_fsync(struct file *f, bool data_only)
{
	(void)f, (void)data_only;
	return -EINVAL;
}

static void mem_release(struct file *f)
{
	kfree(f);
}

static const struct file_ops null_ops = {
	.read = null_read,
	.write = null_write,
	.llseek = mem_llseek,
	.fsync = mem_fsync,
	.release = mem_release,
};

static const struct file_ops zero_ops = {
	.read = zero_read,
	.write = null_write,
	.llseek = mem_llseek,
	.mmap = zero_mmap,
	.fsync = mem_fsync,
	.release = mem_release,
};

static const struct file_ops full_ops = {
	.read = zero_read,
	.write = full_write,
	.llseek = mem_llseek,
	.fsync = mem_fsync,
	.release = mem_release,
};

static const struct file_ops random_ops = {
	.read = random_read,
	.write = random_write,
	.llseek = mem_llseek,
	.fsync = mem_fsync,
	.release = mem_release,
};

static const struct file_ops *ops_of(unsigned minor_nr)
{
	switch (minor_nr) {
	case 3:
		return &null_ops;
	case 5:
		return &zero_ops;
	case 7:
		return &full_ops;
	case 8:
	case 9:
		return &random_ops;
	default:
		return NULL;
	}
}

static int mem_open(struct inode *inode, const struct open_args *args, struct file **ret)
{
	const struct file_ops *ops = ops_of(minor(inode->rdev));
	struct file *f;

	if (!ops)
		return -ENXIO;
	f = kzalloc(sizeof(*f));
	if (!f)
		return -ENOMEM;
	file_init(f, ops, args->flags);
	file_set_inode(f, inode);
	/* A position that is always 0: lseek and pread work, as on Linux. */
	f->mode &= ~FMODE_STREAM;
	f->mode |= FMODE_SEEK | FMODE_PREAD;
	*ret = f;
	return 0;
}

void devfs_register_mem(void)
{
	static struct chrdev dev = {
		.major = MEM_MAJOR, .minor = 0, .nr_minors = 16, .open = mem_open};

	chrdev_register(&dev);
}
