/*
 * Regular files of overlay: bytes below, or in the shadow since the first change.
 *
 * A file is copied up by the first write, not by the opening for it.  Whoever
 * has it open then goes on with the copy; only a mapping stays where it was, as
 * on Linux.  The real files are the inode's, shared by all who have it open:
 * positions are given with every call.
 *
 * Locks: inode.mu guards the real files, and is held across a copy: other users
 * of this one file wait, everybody else runs (the copy yields).
 */
#include <fcntl.h>
#include <sys/mman.h>

#include "fs/overlay/internal.h"
#include "fs/stat.h"
#include "lib/alloc.h"
#include "sched/sched.h"

#define COPY_CHUNK (256ul * 1024)

struct ovl_file {
	struct file file; /* base; ovl_file_release() frees the whole */
};

static int open_real(struct inode *real, int flags, struct file **ret)
{
	struct open_args args = {.flags = flags};

	return real->ops->open ? real->ops->open(real, &args, ret) : -ENXIO;
}

static int lower_file_locked(struct ovl_inode *oi) NO_TSA
{
	return oi->lower_file ? 0 : open_real(oi->lower, O_RDONLY, &oi->lower_file);
}

static int copy_chunk(struct file *from, struct file *to, u8 *buf, size_t len, off_t *pos)
{
	struct iov_iter it;
	off_t in = *pos;
	ssize_t n, done;

	iov_iter_kernel(&it, buf, len);
	n = vfs_pread(from, &it, &in);
	if (n <= 0)
		return n < 0 ? (int)n : -EIO;
	/* Holes stay holes: pages of zeros are not written. */
	if (!buf[0] && memcmp(buf, buf + 1, (size_t)n - 1) == 0) {
		*pos += n;
		return 0;
	}
	iov_iter_kernel(&it, buf, (size_t)n);
	done = vfs_pwrite(to, &it, pos);
	if (done != n)
		return done < 0 ? (int)done : -ENOSPC;
	return 0;
}

static int copy_bytes(struct file *from, struct file *to, u64 size)
{
	size_t chunk = min(size, COPY_CHUNK);
	cleanup_free u8 *buf = chunk ? kzalloc(chunk) : NULL;
	off_t pos = 0;
	int err = buf || !chunk ? 0 : -ENOMEM;

	while (!err && (u64)pos < size) {
		err = copy_chunk(from, to, buf, min(size - (u64)pos, chunk), &pos);
		fiber_yield();
	}
	return err;
}

static int set_shadow_size(struct inode *shadow, u64 size)
{
	struct iattr attr = {.valid = ATTR_SIZE, .size = size};
	int err;

	mutex_lock(&shadow->mu);
	err = shadow->ops->setattr(shadow, &attr);
	mutex_unlock(&shadow->mu);
	return err;
}

int ovl_copy_up_locked(struct inode *inode, u64 size) NO_TSA
{
	struct ovl_inode *oi = to_ovl(inode);
	cleanup_file struct file *upper = NULL;
	int err = 0;

	if (oi->upper_file)
		return 0;
	err = ovl_shadow_locked(inode);
	if (!err)
		err = open_real(oi->shadow, O_RDWR, &upper);
	if (!err && oi->lower && size) {
		err = lower_file_locked(oi);
		if (!err)
			err = copy_bytes(oi->lower_file, upper, size);
		if (!err)
			err = set_shadow_size(oi->shadow, size);
		if (err)
			(void)!set_shadow_size(oi->shadow, 0);
	}
	if (err)
		return err;
	__atomic_store_n(&oi->upper_file, steal(&upper), __ATOMIC_RELEASE);
	return 0;
}

/*
 * The real file to read from.  Stays the inode's: upper_file is set once, and
 * lower_file stands while the caller's file is open.
 */
static int real_file(struct inode *inode, struct file **ret)
{
	struct ovl_inode *oi = to_ovl(inode);
	int err = 0;

	*ret = __atomic_load_n(&oi->upper_file, __ATOMIC_ACQUIRE);
	if (*ret)
		return 0;
	*ret = __atomic_load_n(&oi->lower_file, __ATOMIC_ACQUIRE);
	if (*ret)
		return 0;
	mutex_lock(&inode->mu);
	if (!oi->lower)
		err = ovl_copy_up_locked(inode, 0);
	else if (!oi->upper_file)
		err = lower_file_locked(oi);
	*ret = oi->upper_file ? oi->upper_file : oi->lower_file;
	mutex_unlock(&inode->mu);
	return err;
}

static ssize_t file_read(struct file *f, struct iov_iter *dst, off_t *pos)
{
	struct file *real;
	int err;

	if ((u64)*pos >= inode_size(f->inode))
		return 0;
	err = real_file(f->inode, &real);
	return err ? err : vfs_pread(real, dst, pos);
}

/* What a change of the shadow's data means for the inode that stands for it. */
static void data_changed_locked(struct inode *inode) NO_TSA
{
	struct inode *shadow = to_ovl(inode)->shadow;

	__atomic_store_n(&inode->size, inode_size(shadow), __ATOMIC_RELAXED);
	inode->blocks = shadow->blocks;
	inode_touch_locked(inode);
}

static ssize_t file_write(struct file *f, struct iov_iter *src, off_t *pos) NO_TSA
{
	struct inode *inode = f->inode;
	ssize_t n = ovl_copy_up_locked(inode, inode->size);

	if (!n)
		n = vfs_pwrite(to_ovl(inode)->upper_file, src, pos);
	if (n > 0)
		data_changed_locked(inode);
	return n;
}

static int file_fallocate(struct file *f, int mode, off_t off, off_t len) NO_TSA
{
	struct inode *inode = f->inode;
	int err = ovl_copy_up_locked(inode, inode->size);

	if (!err)
		err = vfs_fallocate(to_ovl(inode)->upper_file, mode, off, len, UINT64_MAX, NULL);
	if (!err)
		data_changed_locked(inode);
	return err;
}

/* The layer's position is locked after ours: an order by layer, as lockrank.h says. */
static off_t seek_real(struct file *f, off_t off, int whence)
{
	struct file *real;
	off_t ret;
	int err = real_file(f->inode, &real);

	if (err)
		return err;
	if (!real->ops->llseek)
		return whence == SEEK_HOLE ? (off_t)inode_size(f->inode) : off;
	mutex_lock_nested(&real->pos_mu);
	ret = real->ops->llseek(real, off, whence);
	mutex_unlock(&real->pos_mu);
	return ret;
}

static off_t file_llseek(struct file *f, off_t off, int whence)
{
	off_t base = 0, size = (off_t)inode_size(f->inode);

	switch (whence) {
	case SEEK_CUR:
		base = f->pos;
		break;
	case SEEK_END:
		base = size;
		break;
	case SEEK_DATA:
	case SEEK_HOLE:
		if (off < 0 || off >= size)
			return -ENXIO;
		off = seek_real(f, off, whence);
		if (off < 0)
			return off;
		break;
	}
	if (__builtin_add_overflow(base, off, &off) || off < 0)
		return -EINVAL;
	f->pos = off;
	return off;
}

static int file_mmap(struct file *f, struct file_map *map)
{
	struct inode *inode = f->inode;
	struct file *real;
	int err = 0;

	/* What may ever be written through the mapping must be the copy. */
	if (map->shared && f->mode & FMODE_WRITE) {
		mutex_lock(&inode->mu);
		err = ovl_copy_up_locked(inode, inode->size);
		mutex_unlock(&inode->mu);
	} else {
		map->fd_writable = false;
	}
	if (!err)
		err = real_file(inode, &real);
	return err ? err : real->ops->mmap ? real->ops->mmap(real, map) : -ENODEV;
}

static int file_fsync(struct file *f, bool data_only)
{
	(void)f;
	(void)data_only;
	return 0;
}

static void ovl_file_release(struct file *f)
{
	struct ovl_inode *oi = to_ovl(f->inode);
	struct file *lower = NULL;

	mutex_lock(&f->inode->mu);
	if (--oi->nr_open == 0)
		lower = steal(&oi->lower_file);
	mutex_unlock(&f->inode->mu);
	if (lower)
		file_put(lower);
	kfree(container_of(f, struct ovl_file, file));
}

static const struct file_ops ovl_open_file_ops = {
	.read = file_read,
	.write = file_write,
	.llseek = file_llseek,
	.mmap = file_mmap,
	.fallocate = file_fallocate,
	.fsync = file_fsync,
	.release = ovl_file_release,
};

static int file_open(struct inode *inode, const struct open_args *args, struct file **ret)
{
	struct ovl_inode *oi = to_ovl(inode);
	struct ovl_file *of = kzalloc(sizeof(*of));
	int err = 0;

	if (!of)
		return -ENOMEM;
	mutex_lock(&inode->mu);
	if (oi->lower && !oi->upper_file)
		err = lower_file_locked(oi);
	oi->nr_open += !err;
	mutex_unlock(&inode->mu);
	if (err) {
		kfree(of);
		return err;
	}
	file_init(&of->file, &ovl_open_file_ops, args->flags);
	file_set_inode(&of->file, inode);
	*ret = &of->file;
	return 0;
}

/* A mapped shadow fills without our seeing it. */
static int file_getattr(struct inode *inode, struct kstat *ret)
{
	struct inode *shadow = __atomic_load_n(&to_ovl(inode)->shadow, __ATOMIC_ACQUIRE);
	struct kstat k;
	int err = 0;

	inode_fill_stat(inode, ret);
	if (!shadow || !to_ovl(inode)->upper_file)
		return 0;
	err = shadow->ops->getattr(shadow, &k);
	ret->blocks = k.blocks;
	return err;
}

const struct inode_ops ovl_file_ops = {
	.open = file_open,
	.getattr = file_getattr,
	.setattr = ovl_setattr,
	.getxattr = ovl_getxattr,
	.setxattr = ovl_setxattr,
	.listxattr = ovl_listxattr,
	.release = ovl_release,
};

static ssize_t node_readlink(struct inode *inode, struct task *t, char *buf, size_t size)
{
	struct inode *lower = to_ovl(inode)->lower;

	return lower ? inode_readlink(lower, t, buf, size) : -EINVAL;
}

const struct inode_ops ovl_node_ops = {
	.readlink = node_readlink,
	.setattr = ovl_setattr,
	.getxattr = ovl_getxattr,
	.setxattr = ovl_setxattr,
	.listxattr = ovl_listxattr,
	.release = ovl_release,
};
