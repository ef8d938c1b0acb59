/* statfs(2), fstatfs(2), sync(2), syncfs(2), fsync(2), fdatasync(2), sync_file_range(2),
 * fadvise64(2), readahead(2) */
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/statfs.h>

#include "fs/attr.h"
#include "fs/fdtable.h"
#include "fs/file.h"
#include "fs/fs_struct.h"
#include "fs/mount.h"
#include "fs/super.h"
#include "gen/sys_proto.h"
#include "kernel/task.h"
#include "mm/uaccess.h"
#include "sys/user_path.h"

static long put_statfs(struct task *t, const struct kstatfs *k, uaddr_t dst)
{
	struct statfs s = {
		.f_type = (long)k->type,
		.f_bsize = (long)k->bsize,
		.f_blocks = k->blocks,
		.f_bfree = k->bfree,
		.f_bavail = k->bavail,
		.f_files = k->files,
		.f_ffree = k->ffree,
		.f_fsid.__val = {(int)k->fsid, (int)(k->fsid >> 32)},
		.f_namelen = k->namelen,
		.f_frsize = (long)k->frsize,
		.f_flags = k->flags,
	};

	return copy_to_user(t, dst, &s, sizeof(s));
}

long sys_statfs(struct task *t, uaddr_t path, uaddr_t buf)
{
	cleanup_path struct path p = PATH_NONE;
	struct kstatfs k;
	int err = path_lookup_user(t, AT_FDCWD, path, LOOKUP_FOLLOW, &p);

	if (!err)
		err = vfs_statfs(&p, &k);
	return err ? err : put_statfs(t, &k, buf);
}

long sys_fstatfs(struct task *t, int fd, uaddr_t buf)
{
	cleanup_file struct file *f = fd_get_path(t, fd);
	struct kstatfs k = {.bsize = PAGE_SIZE, .frsize = PAGE_SIZE, .namelen = NAME_LEN_MAX};
	int err = 0;

	if (!f)
		return -EBADF;
	if (path_valid(&f->path))
		err = vfs_statfs(&f->path, &k);
	else
		k.type = f->inode ? f->inode->super->magic : ANON_INODE_FS_MAGIC;
	return err ? err : put_statfs(t, &k, buf);
}

long sys_sync(struct task *t)
{
	cleanup_path struct path root = PATH_NONE;

	fs_struct_paths(t->fs, &root, NULL);
	mnt_ns_sync(root.mnt);
	return 0;
}

long sys_syncfs(struct task *t, int fd)
{
	cleanup_file struct file *f = fd_get(t, fd);
	struct super *super;

	if (!f)
		return -EBADF;
	super = f->inode ? f->inode->super : NULL;
	return super && super->ops->sync ? super->ops->sync(super) : 0;
}

static long do_fsync(struct task *t, int fd, bool data_only)
{
	cleanup_file struct file *f = fd_get(t, fd);

	return f ? vfs_fsync(f, data_only) : -EBADF;
}

long sys_fsync(struct task *t, int fd)
{
	return do_fsync(t, fd, false);
}

long sys_fdatasync(struct task *t, int fd)
{
	return do_fsync(t, fd, true);
}

/* Ranges are not kept apart: what is asked for is written, and the rest with it. */
long sys_sync_file_range(struct task *t, int fd, off_t offset, off_t nbytes, int flags)
{
	cleanup_file struct file *f = fd_get(t, fd);
	off_t end;

	if (!f)
		return -EBADF;
	if (flags &
	    ~(SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER))
		return -EINVAL;
	if (offset < 0 || nbytes < 0 || __builtin_add_overflow(offset, nbytes, &end))
		return -EINVAL;
	if (!file_is_reg(f) && !file_is_dir(f))
		return -ESPIPE;
	return flags ? vfs_fsync(f, true) : 0;
}

/* Advice: checked as Linux does; files in memory or in the host's cache need none. */
long sys_fadvise64(struct task *t, int fd, off_t offset, size_t len, int advice)
{
	cleanup_fd struct fd_ref r = fd_borrow(t, fd);
	const struct file *f = r.file;

	(void)offset;
	if (!f)
		return -EBADF;
	if (f->mode & FMODE_STREAM)
		return -ESPIPE;
	if (advice < POSIX_FADV_NORMAL || advice > POSIX_FADV_NOREUSE || (ssize_t)len < 0)
		return -EINVAL;
	return 0;
}

long sys_readahead(struct task *t, int fd, off_t offset, size_t count)
{
	cleanup_file struct file *f = fd_get(t, fd);

	(void)offset;
	(void)count;
	if (!f || !(f->mode & FMODE_READ))
		return -EBADF;
	return file_is_reg(f) ? 0 : -EINVAL;
}
