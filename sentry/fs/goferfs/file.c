/*
 * Open regular files of the host: bytes through donated descriptors
 *
 * No call here goes to the gofer but the open: reading and writing are the
 * sentry's own host calls, always with an offset.  On an exclusive mount a read
 * at or past the end makes no host call at all, and neither does one of a hot
 * file (mapped.c).
 *
 * Locks: as file.h says; a write holds inode->mu, across the copy from the
 * guest, which LOCK_INODE may be.
 */
#include <linux/falloc.h>
#include <sys/mman.h>

#include "fs/goferfs/internal.h"
#include "lib/alloc.h"

/* Bytes that go through one bounce buffer: small ones on the stack. */
#define BOUNCE_SMALL 2048
#define BOUNCE_MAX   (128u << 10)

struct gofer_file {
	struct file file; /* base; gf_release() frees the whole */
	hostfd_t fd;      /* the inode's, counted; immutable */
};

static struct gofer_file *to_gofer_file(struct file *f)
{
	return container_of(f, struct gofer_file, file);
}

/* Is the size ours to know: then the host is not asked where there is nothing to read. */
static bool knows_size(struct inode *inode)
{
	return !inode_gofer_super(inode)->shared &&
	       !__atomic_load_n(&to_gofer_inode(inode)->mapped, __ATOMIC_RELAXED);
}

/* Straight into sentry memory, piece by piece. */
static ssize_t read_direct(hostfd_t fd, struct iov_iter *dst, size_t count, off_t *pos)
{
	ssize_t done = 0, n = 0;

	while ((size_t)done < count) {
		u64 base;
		size_t len = min(iov_iter_contig(dst, &base), count - (size_t)done);

		n = host_pread(fd, (void *)(uintptr_t)base, len, *pos);
		if (n <= 0)
			break;
		iov_iter_advance(dst, (size_t)n);
		*pos += n;
		done += n;
		if ((size_t)n < len)
			break;
	}
	return done ? done : n;
}

static ssize_t read_bounced(hostfd_t fd, struct iov_iter *dst, size_t count, off_t *pos, u8 *buf,
			    size_t room)
{
	ssize_t done = 0, n = 0, moved;

	while ((size_t)done < count) {
		size_t want = min(room, count - (size_t)done);

		n = host_pread(fd, buf, want, *pos);
		if (n <= 0)
			break;
		moved = copy_to_iter_some(dst, buf, (size_t)n);
		if (moved < 0) {
			n = moved;
			break;
		}
		*pos += moved;
		done += moved;
		if (moved < n || (size_t)n < want)
			break;
	}
	return done ? done : n;
}

static ssize_t read_host(hostfd_t fd, struct iov_iter *dst, size_t count, off_t *pos)
{
	cleanup_free u8 *big = NULL;
	u8 small[BOUNCE_SMALL];
	size_t room;

	if (!dst->guest)
		return read_direct(fd, dst, count, pos);
	if (count <= sizeof(small))
		return read_bounced(fd, dst, count, pos, small, sizeof(small));
	room = min(count, (size_t)BOUNCE_MAX);
	big = krealloc(NULL, room);
	return big ? read_bounced(fd, dst, count, pos, big, room) : -ENOMEM;
}

static ssize_t gf_read(struct file *f, struct iov_iter *dst, off_t *pos)
{
	struct gofer_inode *gi = to_gofer_inode(f->inode);
	hostfd_t fd = to_gofer_file(f)->fd;
	size_t count = iov_iter_count(dst);
	ssize_t n, done = 0;

	if (knows_size(f->inode)) {
		u64 size = inode_size(f->inode);

		if ((u64)*pos >= size)
			return 0;
		count = min(count, size - (u64)*pos);
		done = gi_read_mapped(gi, fd, dst, count, *pos);
		if (done < 0)
			return done;
		*pos += done;
		if ((size_t)done == count)
			return done;
	}
	n = read_host(fd, dst, count - (size_t)done, pos);
	return done ? done + max(n, (ssize_t)0) : n;
}

/* The file grew to @end, perhaps; its times moved in any case. */
static void wrote_locked(struct inode *inode, off_t end) NO_TSA
{
	if ((u64)end > inode->size)
		__atomic_store_n(&inode->size, (u64)end, __ATOMIC_RELAXED);
	inode->version++;
	gi_mark_stale(to_gofer_inode(inode));
}

static ssize_t write_direct(hostfd_t fd, struct iov_iter *src, off_t *pos)
{
	ssize_t done = 0, n = 0;
	u64 base;
	size_t len;

	while ((len = iov_iter_contig(src, &base)) > 0) {
		n = host_pwrite(fd, (const void *)(uintptr_t)base, len, *pos);
		if (n <= 0)
			break;
		iov_iter_advance(src, (size_t)n);
		*pos += n;
		done += n;
		if ((size_t)n < len)
			break;
	}
	return done ? done : n;
}

static ssize_t write_bounced(hostfd_t fd, struct iov_iter *src, off_t *pos, u8 *buf, size_t room)
{
	ssize_t done = 0, n = 0, got;

	while (iov_iter_count(src)) {
		got = copy_from_iter_some(buf, src, min(room, iov_iter_count(src)));
		if (got <= 0) {
			n = got;
			break;
		}
		n = host_pwrite(fd, buf, (size_t)got, *pos);
		if (n <= 0)
			break;
		*pos += n;
		done += n;
		if (n < got)
			break;
	}
	return done ? done : n;
}

static ssize_t write_locked(struct file *f, struct iov_iter *src, off_t *pos)
{
	hostfd_t fd = to_gofer_file(f)->fd;
	cleanup_free u8 *big = NULL;
	u8 small[BOUNCE_SMALL];
	size_t room = min(iov_iter_count(src), (size_t)BOUNCE_MAX);

	if (!src->guest)
		return write_direct(fd, src, pos);
	if (room <= sizeof(small))
		return write_bounced(fd, src, pos, small, sizeof(small));
	big = krealloc(NULL, room);
	return big ? write_bounced(fd, src, pos, big, room) : -ENOMEM;
}

static ssize_t gf_write(struct file *f, struct iov_iter *src, off_t *pos)
{
	struct inode *inode = f->inode;
	struct stat st;
	ssize_t n;

	/* Where the end is may have changed without us. */
	if (file_flags(f) & O_APPEND && inode_gofer_super(inode)->shared) {
		n = host_fstat(to_gofer_file(f)->fd, &st);
		if (n)
			return n;
		*pos = st.st_size;
	}
	n = write_locked(f, src, pos);
	if (n > 0)
		wrote_locked(inode, *pos);
	return n;
}

static int size_now(struct file *f, off_t *ret)
{
	struct inode *inode = f->inode;
	int err;

	mutex_lock(&inode->mu);
	err = gi_refresh_locked(to_gofer_inode(inode));
	*ret = (off_t)inode->size;
	mutex_unlock(&inode->mu);
	return err;
}

static off_t gf_llseek(struct file *f, off_t off, int whence) NO_TSA
{
	off_t base = 0;
	int err;

	switch (whence) {
	case SEEK_CUR:
		base = f->pos;
		break;
	case SEEK_END:
		err = size_now(f, &base);
		if (err)
			return err;
		break;
	case SEEK_DATA:
	case SEEK_HOLE:
		/* The descriptor's own position is nobody's, so the host may move it. */
		off = host_lseek(to_gofer_file(f)->fd, off, whence);
		if (off < 0)
			return off;
		break;
	}
	if (__builtin_add_overflow(base, off, &off) || off < 0)
		return -EINVAL;
	f->pos = off;
	return off;
}

static int gf_mmap(struct file *f, struct file_map *map)
{
	map->fd = to_gofer_file(f)->fd;
	map->delta = 0;
	if (map->shared && map->fd_writable)
		__atomic_store_n(&to_gofer_inode(f->inode)->mapped, true, __ATOMIC_RELAXED);
	return 0;
}

static int gf_fsync(struct file *f, bool data_only)
{
	hostfd_t fd = to_gofer_file(f)->fd;

	return data_only ? host_fdatasync(fd) : host_fsync(fd);
}

static int gf_fallocate(struct file *f, int mode, off_t off, off_t len) NO_TSA
{
	hostfd_t fd = to_gofer_file(f)->fd;
	struct inode *inode = f->inode;
	struct stat st;
	int err = host_fallocate(fd, mode, off, len);

	if (err)
		return err;
	err = host_fstat(fd, &st);
	if (err)
		return err;
	__atomic_store_n(&inode->size, (u64)st.st_size, __ATOMIC_RELAXED);
	wrote_locked(inode, 0);
	return 0;
}

static void gf_release(struct file *f)
{
	gi_fd_put(to_gofer_inode(f->inode));
	kfree(to_gofer_file(f));
}

static const struct file_ops gofer_file_ops = {
	.read = gf_read,
	.write = gf_write,
	.llseek = gf_llseek,
	.mmap = gf_mmap,
	.fsync = gf_fsync,
	.fallocate = gf_fallocate,
	.release = gf_release,
};

int gf_open(struct inode *inode, const struct open_args *args, struct file **ret)
{
	struct gofer_inode *gi = to_gofer_inode(inode);
	bool write = (args->flags & O_ACCMODE) != O_RDONLY;
	struct gofer_file *gf = kzalloc(sizeof(*gf));
	int err;

	if (!gf)
		return -ENOMEM;
	err = gi_fd_get(gi, write, &gf->fd);
	/* The host lets us only write, which is not enough for one who also wants to read. */
	if (!err && write && (args->flags & O_ACCMODE) == O_RDWR &&
	    (host_fcntl(gf->fd, F_GETFL, 0) & O_ACCMODE) != O_RDWR) {
		gi_fd_put(gi);
		err = -EACCES;
	}
	if (err) {
		kfree(gf);
		return err;
	}
	file_init(&gf->file, &gofer_file_ops, args->flags);
	file_set_inode(&gf->file, inode);
	*ret = &gf->file;
	return 0;
}
