/*
 * Reading, writing and seeking: the wrappers around file_ops (file.h).
 *
 * A file with a position holds pos_mu while it moves; a regular file is written
 * under its inode's mu, so that an append finds the end, and the setuid bits go
 * before the bytes come.
 */
#include <linux/falloc.h>
#include <linux/fs.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/uio.h>

#include "fs/file.h"
#include "fs/fsnotify.h"
#include "fs/inode.h"
#include "fs/internal.h"
#include "fs/mount.h"
#include "fs/stat.h"
#include "fs/super.h"
#include "kernel/cred.h"

/* As Linux: one call moves at most this. */
#define RW_MAX ((size_t)(INT32_MAX & PAGE_MASK))

static int check_pos(const struct file *f, off_t pos, size_t count)
{
	off_t end;

	(void)f;
	if (pos < 0 || __builtin_add_overflow(pos, (off_t)count, &end))
		return -EINVAL;
	return 0;
}

static ssize_t do_read(struct file *f, struct iov_iter *dst, off_t *pos)
{
	ssize_t n;
	int err = pos ? check_pos(f, *pos, iov_iter_count(dst)) : 0;

	if (err)
		return err;
	if (!f->ops->read)
		return file_is_dir(f) ? -EISDIR : -EINVAL;
	iov_iter_truncate(dst, RW_MAX);
	if (!iov_iter_count(dst) && file_is_reg(f))
		return 0;
	n = f->ops->read(f, dst, pos);
	if (f->inode && path_valid(&f->path) && !(file_flags(f) & O_NOATIME))
		touch_atime(f->path.mnt, f->inode);
	if (n > 0)
		fsnotify_file(f, IN_ACCESS);
	return n;
}

ssize_t vfs_read(struct file *f, struct iov_iter *dst)
{
	ssize_t n;

	if (!(f->mode & FMODE_READ))
		return -EBADF;
	if (f->mode & FMODE_STREAM)
		return do_read(f, dst, NULL);
	mutex_lock(&f->pos_mu);
	n = do_read(f, dst, &f->pos);
	mutex_unlock(&f->pos_mu);
	if (file_is_told(f))
		file_moved(f, n > 0 ? inode_size(f->inode) : UINT64_MAX);
	return n;
}

ssize_t vfs_pread(struct file *f, struct iov_iter *dst, off_t *pos)
{
	if (*pos < 0)
		return -EINVAL;
	if (f->mode & FMODE_PATH)
		return -EBADF;
	if (!(f->mode & FMODE_PREAD))
		return -ESPIPE;
	if (!(f->mode & FMODE_READ))
		return -EBADF;
	return do_read(f, dst, pos);
}

/* Setuid and setgid do not survive a write by one who might not give them. */
static int kill_priv_locked(struct inode *inode, const struct cred *cred) NO_TSA
{
	struct iattr attr = {.valid = 0};

	if (!cred || !(inode->mode & (S_ISUID | S_ISGID)))
		return 0;
	attr_kill_priv(inode, &attr, cred, false);
	if (!(attr.valid & ATTR_MODE))
		return 0;
	attr.ctime = inode_now();
	attr.valid |= ATTR_CTIME;
	return inode_setattr_locked(inode, &attr);
}

/* Cut the write at RLIMIT_FSIZE and at what the file system can hold. */
static int limit_locked(const struct inode *inode, struct iov_iter *src, off_t pos,
			struct write_opts *opts)
{
	u64 max = inode->super->maxbytes;

	if (opts->fsize_limit != RLIM64_INFINITY) {
		if ((u64)pos >= opts->fsize_limit) {
			opts->hit_limit = true;
			return -EFBIG;
		}
		iov_iter_truncate(src, opts->fsize_limit - (u64)pos);
	}
	if ((u64)pos >= max)
		return -EFBIG;
	iov_iter_truncate(src, max - (u64)pos);
	return 0;
}

static ssize_t write_reg_locked(struct file *f, struct iov_iter *src, off_t *pos,
				struct write_opts *opts) NO_TSA
{
	struct inode *inode = f->inode;
	int err;

	if ((file_flags(f) & O_APPEND && !(opts->rwf & RWF_NOAPPEND)) || opts->rwf & RWF_APPEND)
		*pos = (off_t)inode->size;
	err = limit_locked(inode, src, *pos, opts);
	if (!err)
		err = kill_priv_locked(inode, opts->cred);
	return err ? err : f->ops->write(f, src, pos);
}

static ssize_t do_write(struct file *f, struct iov_iter *src, off_t *pos, struct write_opts *opts)
{
	ssize_t n;
	int err = pos ? check_pos(f, *pos, iov_iter_count(src)) : 0;

	if (err)
		return err;
	if (!f->ops->write)
		return -EINVAL;
	iov_iter_truncate(src, RW_MAX);
	if (!pos || !file_is_reg(f))
		return f->ops->write(f, src, pos);
	if (!iov_iter_count(src))
		return 0;
	mutex_lock(&f->inode->mu);
	n = write_reg_locked(f, src, pos, opts);
	mutex_unlock(&f->inode->mu);
	if (n > 0)
		fsnotify_file(f, IN_MODIFY);
	if (n > 0 && (file_flags(f) & O_DSYNC || opts->rwf & (RWF_DSYNC | RWF_SYNC))) {
		err = vfs_fsync(f,
				!(file_flags(f) & (O_SYNC & ~O_DSYNC)) && !(opts->rwf & RWF_SYNC));
		if (err)
			return err;
	}
	return n;
}

ssize_t vfs_write_opts(struct file *f, struct iov_iter *src, struct write_opts *opts)
{
	ssize_t n;

	if (!(f->mode & FMODE_WRITE))
		return -EBADF;
	if (f->mode & FMODE_STREAM)
		return do_write(f, src, NULL, opts);
	mutex_lock(&f->pos_mu);
	n = do_write(f, src, &f->pos, opts);
	mutex_unlock(&f->pos_mu);
	return n;
}

ssize_t vfs_pwrite_opts(struct file *f, struct iov_iter *src, off_t *pos, struct write_opts *opts)
{
	if (*pos < 0)
		return -EINVAL;
	if (f->mode & FMODE_PATH)
		return -EBADF;
	if (!(f->mode & FMODE_PREAD))
		return -ESPIPE;
	if (!(f->mode & FMODE_WRITE))
		return -EBADF;
	return do_write(f, src, pos, opts);
}

ssize_t vfs_write(struct file *f, struct iov_iter *src)
{
	struct write_opts opts = {.fsize_limit = RLIM64_INFINITY};

	return vfs_write_opts(f, src, &opts);
}

ssize_t vfs_pwrite(struct file *f, struct iov_iter *src, off_t *pos)
{
	struct write_opts opts = {.fsize_limit = RLIM64_INFINITY};

	return vfs_pwrite_opts(f, src, pos, &opts);
}

/* Seeking by size alone: all is data up to the end, and a hole begins there. */
static off_t generic_llseek_locked(struct file *f, off_t off, int whence)
{
	off_t size = f->inode ? (off_t)inode_size(f->inode) : 0, base = 0;
	off_t max = f->inode ? (off_t)f->inode->super->maxbytes : INT64_MAX;

	switch (whence) {
	case SEEK_SET:
		break;
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
		if (whence == SEEK_HOLE)
			off = size;
		break;
	default:
		return -EINVAL;
	}
	if (__builtin_add_overflow(base, off, &off) || off < 0 || off > max)
		return -EINVAL;
	f->pos = off;
	return off;
}

off_t vfs_llseek(struct file *f, off_t off, int whence)
{
	off_t ret;

	if (f->mode & FMODE_PATH)
		return -EBADF;
	if (whence < 0 || whence > SEEK_HOLE)
		return -EINVAL;
	if (!(f->mode & FMODE_SEEK))
		return -ESPIPE;
	mutex_lock(&f->pos_mu);
	ret = f->ops->llseek ? f->ops->llseek(f, off, whence)
			     : generic_llseek_locked(f, off, whence);
	mutex_unlock(&f->pos_mu);
	file_moved(f, UINT64_MAX);
	return ret;
}

static int readdir_locked(struct file *f, struct dir_context *ctx) NO_TSA
{
	struct inode *inode = f->inode;
	int err;

	mutex_lock(&inode->dir_mu);
	if (inode->flags & INODE_DEAD_DIR) {
		err = -ENOENT;
	} else {
		ctx->pos = f->pos;
		err = f->ops->readdir(f, ctx);
		f->pos = ctx->pos;
	}
	mutex_unlock(&inode->dir_mu);
	return err;
}

int vfs_readdir(struct file *f, struct dir_context *ctx)
{
	int err;

	if (f->mode & FMODE_PATH)
		return -EBADF;
	if (!f->ops->readdir || !file_is_dir(f))
		return -ENOTDIR;
	mutex_lock(&f->pos_mu);
	err = readdir_locked(f, ctx);
	mutex_unlock(&f->pos_mu);
	if (path_valid(&f->path))
		touch_atime(f->path.mnt, f->inode);
	if (!err)
		fsnotify_file(f, IN_ACCESS);
	return err;
}

int vfs_mmap(struct file *f, struct file_map *map)
{
	u64 end;

	if (f->mode & FMODE_PATH)
		return -EBADF;
	if (!(f->mode & FMODE_READ))
		return -EACCES;
	if (map->shared && map->prot & PROT_WRITE && !(f->mode & FMODE_WRITE))
		return -EACCES;
	if (map->prot & PROT_EXEC && file_noexec(f))
		return -EPERM;
	if (__builtin_add_overflow(map->off, map->len, &end) || end > INT64_MAX)
		return -EOVERFLOW;
	map->fd = HOSTFD_NONE;
	map->delta = 0;
	map->fd_writable = f->mode & FMODE_WRITE;
	return f->ops->mmap ? f->ops->mmap(f, map) : -ENODEV;
}

static int check_fallocate(const struct file *f, int mode, off_t off, off_t len)
{
	const int known = FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE | FALLOC_FL_COLLAPSE_RANGE |
			  FALLOC_FL_ZERO_RANGE | FALLOC_FL_INSERT_RANGE | FALLOC_FL_UNSHARE_RANGE;
	off_t end;

	if (off < 0 || len <= 0)
		return -EINVAL;
	if (mode & ~known)
		return -EOPNOTSUPP;
	if (mode & FALLOC_FL_PUNCH_HOLE && mode != (FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE))
		return mode & ~(FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE) ? -EINVAL : -EOPNOTSUPP;
	if (!(f->mode & FMODE_WRITE))
		return -EBADF;
	if (f->inode && f->inode->flags & INODE_IMMUTABLE)
		return -EPERM;
	if (f->mode & FMODE_STREAM)
		return -ESPIPE;
	if (file_is_dir(f))
		return -EISDIR;
	if (!file_is_reg(f))
		return -ENODEV;
	if (__builtin_add_overflow(off, len, &end) || (u64)end > f->inode->super->maxbytes)
		return -EFBIG;
	return f->ops->fallocate ? 0 : -EOPNOTSUPP;
}

int vfs_fallocate(struct file *f, int mode, off_t off, off_t len, u64 fsize_limit,
		  const struct cred *cred)
{
	int err = check_fallocate(f, mode, off, len);

	if (err)
		return err;
	if (!(mode & FALLOC_FL_KEEP_SIZE) && (u64)off + (u64)len > fsize_limit &&
	    (u64)off + (u64)len > inode_size(f->inode))
		return -EFBIG;
	mutex_lock(&f->inode->mu);
	err = kill_priv_locked(f->inode, cred);
	if (!err)
		err = f->ops->fallocate(f, mode, off, len);
	mutex_unlock(&f->inode->mu);
	if (!err)
		fsnotify_file(f, IN_MODIFY);
	return err;
}
