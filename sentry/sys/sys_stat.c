/* stat(2), fstat(2), lstat(2), newfstatat(2), statx(2) */
#include <fcntl.h>
#include <linux/stat.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "abi/stat.h"
#include "fs/attr.h"
#include "fs/fdtable.h"
#include "fs/still.h"
#include "gen/sys_proto.h"
#include "kernel/facts.h"
#include "mm/uaccess.h"
#include "sys/user_path.h"

static long put_stat(struct task *t, const struct kstat *k, uaddr_t dst)
{
	struct linux_stat st;

	kstat_to_linux(k, &st);
	return copy_to_user(t, dst, &st, sizeof(st));
}

static int stat_fd(struct task *t, int fd, struct kstat *ret)
{
	cleanup_fd struct fd_ref r = fd_borrow_path(t, fd);

	if (!r.file)
		return -EBADF;
	file_tell_again(r.file);
	return vfs_fgetattr(r.file, ret);
}

/* The empty path with AT_EMPTY_PATH names a descriptor of any kind. */
static int is_empty(struct task *t, uaddr_t path, int flags)
{
	char c;

	if (!(flags & AT_EMPTY_PATH))
		return 0;
	if (!path)
		return 1;
	return get_user(t, &c, path) ? -EFAULT : !c;
}

static int stat_path(struct task *t, int dirfd, uaddr_t upath, int flags, struct kstat *ret)
{
	cleanup_user_path struct user_path up;
	cleanup_path struct path p = PATH_NONE;
	u64 epoch = still_epoch();
	int err = user_path_get(t, dirfd, upath, &up);

	if (!err)
		err = path_lookup(&up.base, up.name, user_path_flags(flags), &p);
	if (!err)
		err = vfs_getattr(&p, ret);
	if (!err)
		task_tell_place(t, up.name, &up.base.root, &p, ret, epoch);
	return err;
}

static int do_stat(struct task *t, int dirfd, uaddr_t upath, int flags, struct kstat *ret)
{
	int err = is_empty(t, upath, flags);

	if (err < 0)
		return err;
	if (err && dirfd >= 0)
		return stat_fd(t, dirfd, ret);
	if (err && !upath)
		return -EBADF;
	return stat_path(t, dirfd, upath, flags, ret);
}

long sys_newfstatat(struct task *t, int dirfd, uaddr_t path, uaddr_t statbuf, int flags)
{
	struct kstat k;
	int err;

	if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_EMPTY_PATH))
		return -EINVAL;
	err = do_stat(t, dirfd, path, flags, &k);
	return err ? err : put_stat(t, &k, statbuf);
}

long sys_stat(struct task *t, uaddr_t path, uaddr_t statbuf)
{
	return sys_newfstatat(t, AT_FDCWD, path, statbuf, 0);
}

long sys_lstat(struct task *t, uaddr_t path, uaddr_t statbuf)
{
	return sys_newfstatat(t, AT_FDCWD, path, statbuf, AT_SYMLINK_NOFOLLOW);
}

long sys_fstat(struct task *t, int fd, uaddr_t statbuf)
{
	struct kstat k;
	int err = stat_fd(t, fd, &k);

	return err ? err : put_stat(t, &k, statbuf);
}

static struct statx_timestamp statx_time(const struct timespec *ts)
{
	return (struct statx_timestamp){.tv_sec = ts->tv_sec, .tv_nsec = (u32)ts->tv_nsec};
}

static void fill_statx(const struct kstat *k, struct statx *x)
{
	*x = (struct statx){
		.stx_mask = STATX_BASIC_STATS | (k->has_btime ? STATX_BTIME : 0) |
			    (k->mnt_id ? STATX_MNT_ID : 0),
		.stx_blksize = k->blksize,
		.stx_attributes = k->attributes,
		.stx_nlink = k->nlink,
		.stx_uid = k->uid,
		.stx_gid = k->gid,
		.stx_mode = (u16)k->mode,
		.stx_ino = k->ino,
		.stx_size = k->size,
		.stx_blocks = k->blocks,
		.stx_attributes_mask = k->attributes_mask,
		.stx_atime = statx_time(&k->atime),
		.stx_mtime = statx_time(&k->mtime),
		.stx_ctime = statx_time(&k->ctime),
		.stx_rdev_major = major(k->rdev),
		.stx_rdev_minor = minor(k->rdev),
		.stx_dev_major = major(k->dev),
		.stx_dev_minor = minor(k->dev),
		.stx_mnt_id = k->mnt_id,
	};
	if (k->has_btime)
		x->stx_btime = statx_time(&k->btime);
}

long sys_statx(struct task *t, int dirfd, uaddr_t path, int flags, u32 mask, uaddr_t buffer)
{
	struct kstat k;
	struct statx x;
	int err;

	if (mask & STATX__RESERVED)
		return -EINVAL;
	if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_EMPTY_PATH | AT_STATX_SYNC_TYPE))
		return -EINVAL;
	if ((flags & AT_STATX_SYNC_TYPE) == AT_STATX_SYNC_TYPE)
		return -EINVAL;
	err = do_stat(t, dirfd, path, flags, &k);
	if (err)
		return err;
	fill_statx(&k, &x);
	return copy_to_user(t, buffer, &x, sizeof(x));
}
