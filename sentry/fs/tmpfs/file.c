/*
 * Regular files of tmpfs, opened; seals.
 *
 * Locks: the inode's mu guards data and seals; a read holds it over the copy to
 * the guest, so that a truncation waits.
 */
#include <fcntl.h>
#include <linux/falloc.h>
#include <linux/memfd.h>
#include <sys/mman.h>

#include "fs/file.h"
#include "fs/stat.h"
#include "fs/tmpfs/internal.h"
#include "host/host.h"
#include "lib/alloc.h"

#define SEALS_KNOWN                                                                       \
	(F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_FUTURE_WRITE | \
	 F_SEAL_EXEC)
#define SEALS_WRITE (F_SEAL_WRITE | F_SEAL_FUTURE_WRITE)

struct tmpfs_open_file {
	struct file file;
};

static ssize_t file_read(struct file *f, struct iov_iter *dst, off_t *pos)
{
	struct tmpfs_file *tf = to_tmpfs_file(f->inode);
	ssize_t n;

	mutex_lock(&f->inode->mu);
	n = data_read(&tf->data, dst, (u64)*pos, f->inode->size);
	mutex_unlock(&f->inode->mu);
	if (n > 0)
		*pos += n;
	return n;
}

static ssize_t file_write(struct file *f, struct iov_iter *src, off_t *pos) NO_TSA
{
	struct tmpfs_file *tf = to_tmpfs_file(f->inode);
	struct inode *inode = f->inode;
	u64 end = (u64)*pos + iov_iter_count(src);
	ssize_t n;

	if (tf->seals & SEALS_WRITE)
		return -EPERM;
	if (tf->seals & F_SEAL_GROW && end > inode->size) {
		if ((u64)*pos >= inode->size)
			return -EPERM;
		iov_iter_truncate(src, inode->size - (u64)*pos);
	}
	n = data_write(&tf->data, src, (u64)*pos, inode->size);
	if (n <= 0)
		return n;
	*pos += n;
	if ((u64)*pos > inode->size)
		__atomic_store_n(&inode->size, (u64)*pos, __ATOMIC_RELAXED);
	inode->blocks = data_blocks(&tf->data, inode->size);
	inode_touch_locked(inode);
	return n;
}

static off_t file_llseek(struct file *f, off_t off, int whence)
{
	struct tmpfs_file *tf = to_tmpfs_file(f->inode);
	off_t base = 0;

	if (whence == SEEK_DATA || whence == SEEK_HOLE) {
		mutex_lock(&f->inode->mu);
		off = off < 0 ? -ENXIO : data_seek(&tf->data, (u64)off, whence, f->inode->size);
		mutex_unlock(&f->inode->mu);
		if (off < 0)
			return off;
	} else if (whence == SEEK_CUR) {
		base = f->pos;
	} else if (whence == SEEK_END) {
		base = (off_t)inode_size(f->inode);
	}
	if (__builtin_add_overflow(base, off, &off) || off < 0)
		return -EINVAL;
	f->pos = off;
	return off;
}

static int file_mmap(struct file *f, struct file_map *map)
{
	struct tmpfs_file *tf = to_tmpfs_file(f->inode);
	int err = 0;

	mutex_lock(&f->inode->mu);
	if (tf->seals & SEALS_WRITE && map->shared) {
		map->fd_writable = false;
		if (map->prot & PROT_WRITE)
			err = -EPERM;
	}
	if (!err)
		err = data_map(&tf->data, f->inode->size, &map->fd);
	mutex_unlock(&f->inode->mu);
	return err;
}

static int file_fallocate(struct file *f, int mode, off_t off, off_t len) NO_TSA
{
	struct tmpfs_file *tf = to_tmpfs_file(f->inode);
	struct inode *inode = f->inode;
	u64 end = (u64)off + (u64)len;
	u64 size = mode & FALLOC_FL_KEEP_SIZE ? inode->size : max(inode->size, end);
	int err;

	if (mode & ~(FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE))
		return -EOPNOTSUPP;
	if (mode & FALLOC_FL_PUNCH_HOLE) {
		if (tf->seals & SEALS_WRITE)
			return -EPERM;
		err = data_punch(&tf->data, (u64)off, (u64)len, inode->size);
	} else {
		if (tf->seals & F_SEAL_GROW && end > inode->size)
			return -EPERM;
		err = data_reserve(&tf->data, (u64)off, (u64)len, size);
		if (!err)
			__atomic_store_n(&inode->size, size, __ATOMIC_RELAXED);
	}
	inode->blocks = data_blocks(&tf->data, inode->size);
	if (!err)
		inode_touch_locked(inode);
	return err;
}

static int file_fsync(struct file *f, bool data_only)
{
	(void)f;
	(void)data_only;
	return 0;
}

static void file_release(struct file *f)
{
	if (f->mode & FMODE_WRITE) {
		struct tmpfs_file *tf = to_tmpfs_file(f->inode);

		mutex_lock(&f->inode->mu);
		data_trim(&tf->data, f->inode->size);
		mutex_unlock(&f->inode->mu);
	}
	kfree(container_of(f, struct tmpfs_open_file, file));
}

static const struct file_ops tmpfs_open_file_ops = {
	.read = file_read,
	.write = file_write,
	.llseek = file_llseek,
	.mmap = file_mmap,
	.fallocate = file_fallocate,
	.fsync = file_fsync,
	.release = file_release,
};

static int file_open(struct inode *inode, const struct open_args *args, struct file **ret)
{
	struct tmpfs_open_file *of = kzalloc(sizeof(*of));

	if (!of)
		return -ENOMEM;
	file_init(&of->file, &tmpfs_open_file_ops, args->flags);
	file_set_inode(&of->file, inode);
	*ret = &of->file;
	return 0;
}

static int file_setattr(struct inode *inode, const struct iattr *attr)
{
	struct tmpfs_file *tf = to_tmpfs_file(inode);
	int err;

	if (attr->valid & ATTR_MODE && tf->seals & F_SEAL_EXEC && (attr->mode ^ inode->mode) & 0111)
		return -EPERM;
	if (attr->valid & ATTR_SIZE && attr->size != inode->size) {
		if ((attr->size < inode->size && tf->seals & F_SEAL_SHRINK) ||
		    (attr->size > inode->size && tf->seals & F_SEAL_GROW))
			return -EPERM;
		err = data_truncate(&tf->data, inode->size, attr->size);
		if (err)
			return err;
		__atomic_store_n(&inode->size, attr->size, __ATOMIC_RELAXED);
		inode->blocks = data_blocks(&tf->data, inode->size);
	}
	return tmpfs_setattr(inode, attr);
}

/* A mapped file fills without our seeing it: the blocks are asked for. */
static int file_getattr(struct inode *inode, struct kstat *ret)
{
	struct tmpfs_file *tf = to_tmpfs_file(inode);

	if (tf->data.mapped) {
		mutex_lock(&inode->mu);
		inode->blocks = data_blocks(&tf->data, inode->size);
		mutex_unlock(&inode->mu);
	}
	inode_fill_stat(inode, ret);
	return 0;
}

static void file_inode_release(struct inode *inode)
{
	data_fini(&to_tmpfs_file(inode)->data);
	tmpfs_release(inode);
}

const struct inode_ops tmpfs_file_ops = {
	.open = file_open,
	.getattr = file_getattr,
	.setattr = file_setattr,
	.getxattr = tmpfs_getxattr,
	.setxattr = tmpfs_setxattr,
	.listxattr = tmpfs_listxattr,
	.release = file_inode_release,
};

bool inode_is_tmpfs_file(const struct inode *inode)
{
	return inode->ops == &tmpfs_file_ops;
}

void tmpfs_allow_sealing(struct inode *inode)
{
	struct tmpfs_file *tf = to_tmpfs_file(inode);

	tf->seals = 0;
	tf->data.sealable = true;
}

/* Only the host knows whether a guest has it mapped for writing. */
static int seal_host_locked(struct inode *inode, struct tmpfs_file *tf, u32 seals) NO_TSA
{
	int err = data_promote(&tf->data, inode->size);

	if (err)
		return err;
	data_trim(&tf->data, inode->size);
	data_unmap_self(&tf->data);
	return host_fcntl(tf->data.fd, F_ADD_SEALS, seals & SEALS_WRITE);
}

int tmpfs_add_seals(struct inode *inode, u32 seals)
{
	struct tmpfs_file *tf;
	int err = 0;

	if (!inode_is_tmpfs_file(inode) || seals & ~(u32)SEALS_KNOWN)
		return -EINVAL;
	tf = to_tmpfs_file(inode);
	mutex_lock(&inode->mu);
	if (tf->seals & F_SEAL_SEAL)
		err = -EPERM;
	else if (seals & SEALS_WRITE & ~tf->seals)
		err = seal_host_locked(inode, tf, seals);
	if (!err)
		tf->seals |= seals;
	mutex_unlock(&inode->mu);
	return err;
}

int tmpfs_get_seals(struct inode *inode)
{
	return inode_is_tmpfs_file(inode) ? (int)to_tmpfs_file(inode)->seals : -EINVAL;
}
