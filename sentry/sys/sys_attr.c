/* chmod, chown, utimes, access and their kin, umask */
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>
#include <utime.h>

#include "fs/attr.h"
#include "fs/fdtable.h"
#include "fs/fs_struct.h"
#include "gen/sys_proto.h"
#include "kernel/task.h"
#include "mm/uaccess.h"
#include "sys/user_path.h"

long sys_fchmodat2(struct task *t, int dirfd, uaddr_t path, mode_t mode, int flags)
{
	cleanup_path struct path p = PATH_NONE;
	int err;

	if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
		return -EINVAL;
	err = user_path_lookup(t, dirfd, path, flags, &p);
	return err ? err : vfs_chmod(&p, mode, t->cred);
}

long sys_fchmodat(struct task *t, int dirfd, uaddr_t path, mode_t mode)
{
	return sys_fchmodat2(t, dirfd, path, mode, 0);
}

long sys_chmod(struct task *t, uaddr_t path, mode_t mode)
{
	return sys_fchmodat2(t, AT_FDCWD, path, mode, 0);
}

long sys_fchmod(struct task *t, int fd, mode_t mode)
{
	cleanup_file struct file *f = fd_get(t, fd);

	if (!f)
		return -EBADF;
	return path_valid(&f->path) ? vfs_chmod(&f->path, mode, t->cred) : -EINVAL;
}

long sys_fchownat(struct task *t, int dirfd, uaddr_t path, u32 user, u32 group, int flags)
{
	cleanup_path struct path p = PATH_NONE;
	int err;

	if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
		return -EINVAL;
	err = user_path_lookup(t, dirfd, path, flags, &p);
	return err ? err : vfs_chown(&p, user, group, t->cred);
}

long sys_chown(struct task *t, uaddr_t path, u32 user, u32 group)
{
	return sys_fchownat(t, AT_FDCWD, path, user, group, 0);
}

long sys_lchown(struct task *t, uaddr_t path, u32 user, u32 group)
{
	return sys_fchownat(t, AT_FDCWD, path, user, group, AT_SYMLINK_NOFOLLOW);
}

long sys_fchown(struct task *t, int fd, u32 user, u32 group)
{
	cleanup_file struct file *f = fd_get(t, fd);

	if (!f)
		return -EBADF;
	return path_valid(&f->path) ? vfs_chown(&f->path, user, group, t->cred) : -EINVAL;
}

static int utimes_fd(struct task *t, int fd, const struct timespec *times)
{
	cleanup_file struct file *f = fd_get(t, fd);

	if (!f)
		return -EBADF;
	return path_valid(&f->path) ? vfs_utimes(&f->path, times, t->cred) : -EINVAL;
}

static long do_utimes(struct task *t, int dirfd, uaddr_t path, const struct timespec *times,
		      int flags)
{
	cleanup_path struct path p = PATH_NONE;
	int err;

	if (!path && dirfd != AT_FDCWD)
		return flags ? -EINVAL : utimes_fd(t, dirfd, times);
	if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
		return -EINVAL;
	err = user_path_lookup(t, dirfd, path, flags, &p);
	return err ? err : vfs_utimes(&p, times, t->cred);
}

static bool nsec_valid(long nsec)
{
	return nsec == UTIME_OMIT || nsec == UTIME_NOW || (nsec >= 0 && nsec < 1000000000);
}

long sys_utimensat(struct task *t, int dirfd, uaddr_t path, uaddr_t utimes, int flags)
{
	struct timespec ts[2];

	if (!utimes)
		return do_utimes(t, dirfd, path, NULL, flags);
	if (copy_from_user(t, ts, utimes, sizeof(ts)))
		return -EFAULT;
	/* Nothing to do is done before anything is looked at. */
	if (ts[0].tv_nsec == UTIME_OMIT && ts[1].tv_nsec == UTIME_OMIT)
		return 0;
	if (!nsec_valid(ts[0].tv_nsec) || !nsec_valid(ts[1].tv_nsec))
		return -EINVAL;
	return do_utimes(t, dirfd, path, ts, flags);
}

long sys_futimesat(struct task *t, int dirfd, uaddr_t path, uaddr_t utimes)
{
	struct timespec ts[2];
	struct timeval tv[2];

	if (!utimes)
		return do_utimes(t, dirfd, path, NULL, 0);
	if (copy_from_user(t, tv, utimes, sizeof(tv)))
		return -EFAULT;
	for (int i = 0; i < 2; i++) {
		if (tv[i].tv_usec < 0 || tv[i].tv_usec >= 1000000)
			return -EINVAL;
		ts[i] = (struct timespec){tv[i].tv_sec, tv[i].tv_usec * 1000};
	}
	return do_utimes(t, dirfd, path, ts, 0);
}

long sys_utimes(struct task *t, uaddr_t filename, uaddr_t utimes)
{
	return sys_futimesat(t, AT_FDCWD, filename, utimes);
}

long sys_utime(struct task *t, uaddr_t path, uaddr_t times)
{
	struct timespec ts[2] = {0};
	struct utimbuf buf;

	if (!times)
		return do_utimes(t, AT_FDCWD, path, NULL, 0);
	if (copy_from_user(t, &buf, times, sizeof(buf)))
		return -EFAULT;
	ts[0].tv_sec = buf.actime;
	ts[1].tv_sec = buf.modtime;
	return do_utimes(t, AT_FDCWD, path, ts, 0);
}

/* access(2) asks for the real ids; root's capabilities count only for uid 0. */
static int access_cred(const struct task *t, struct cred **ret)
{
	const struct cred *c = t->cred;
	int err;

	if (c->fsuid == c->uid && c->fsgid == c->gid &&
	    (c->uid == 0 ? c->cap_effective == c->cap_permitted : c->cap_effective == 0)) {
		*ret = cred_get(c);
		return 0;
	}
	err = cred_dup(c, ret);
	if (err)
		return err;
	(*ret)->fsuid = c->uid;
	(*ret)->fsgid = c->gid;
	(*ret)->cap_effective = c->uid == 0 ? c->cap_permitted : 0;
	return 0;
}

long sys_faccessat2(struct task *t, int dirfd, uaddr_t path, int mode, int flags)
{
	cleanup_user_path struct user_path up;
	cleanup_path struct path p = PATH_NONE;
	cleanup_cred struct cred *cred = NULL;
	unsigned lookup = flags & AT_SYMLINK_NOFOLLOW ? 0 : LOOKUP_FOLLOW;
	int err;

	up.base = (struct namei_base){.cred = NULL};
	if (mode & ~(R_OK | W_OK | X_OK) ||
	    flags & ~(AT_EACCESS | AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
		return -EINVAL;
	if (flags & AT_EACCESS)
		cred = cred_get(t->cred);
	err = cred ? 0 : access_cred(t, &cred);
	if (!err)
		err = user_path_get(t, dirfd, path, &up);
	if (err)
		return err;
	up.base.cred = cred;
	err = path_lookup(&up.base, up.name, lookup | (flags & AT_EMPTY_PATH ? LOOKUP_EMPTY : 0),
			  &p);
	/* R_OK, W_OK and X_OK are MAY_READ, MAY_WRITE and MAY_EXEC. */
	return err ? err : vfs_access(&p, mode, cred);
}

long sys_faccessat(struct task *t, int dirfd, uaddr_t path, int mode)
{
	return sys_faccessat2(t, dirfd, path, mode, 0);
}

long sys_access(struct task *t, uaddr_t path, int mode)
{
	return sys_faccessat2(t, AT_FDCWD, path, mode, 0);
}

long sys_umask(struct task *t, mode_t mask)
{
	return fs_struct_set_umask(t->fs, mask);
}
