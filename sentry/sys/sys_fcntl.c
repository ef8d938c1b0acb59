/* close(2), close_range(2), dup(2), dup2(2), dup3(2), fcntl(2), flock(2) */
#include <fcntl.h>
#include <linux/close_range.h>
#include <sched.h>
#include <sys/resource.h>

#include "fs/fcntl.h"
#include "fs/fdtable.h"
#include "fs/file.h"
#include "fs/flock.h"
#include "gen/sys_proto.h"
#include "kernel/task.h"

long sys_close(struct task *t, int fd)
{
	int err = fdtable_close(t->files, fd);

	/* The descriptor is gone: nothing may make the caller close it again. */
	return err == -ERESTARTSYS ? -EINTR : err;
}

long sys_close_range(struct task *t, u32 fd, u32 max_fd, int flags)
{
	int err = 0;

	if (flags & ~(CLOSE_RANGE_UNSHARE | CLOSE_RANGE_CLOEXEC) || fd > max_fd)
		return -EINVAL;
	if (flags & CLOSE_RANGE_UNSHARE)
		err = (int)sys_unshare(t, CLONE_FILES);
	if (err)
		return err;
	return fdtable_close_range(t->files, fd, max_fd, flags & CLOSE_RANGE_CLOEXEC);
}

long sys_dup(struct task *t, int fildes)
{
	cleanup_file struct file *f = fd_get_path(t, fildes);

	return f ? fd_install(t, f, false) : -EBADF;
}

static long do_dup3(struct task *t, int oldfd, int newfd, bool cloexec)
{
	u64 limit = task_rlimit(t, RLIMIT_NOFILE);
	cleanup_file struct file *f = NULL;

	if (newfd < 0 || (u64)newfd >= limit)
		return -EBADF;
	f = fd_get_path(t, oldfd);
	return f ? fdtable_replace(t->files, newfd, f, limit, cloexec) : -EBADF;
}

long sys_dup3(struct task *t, int oldfd, int newfd, int flags)
{
	if (flags & ~O_CLOEXEC || oldfd == newfd)
		return -EINVAL;
	return do_dup3(t, oldfd, newfd, flags & O_CLOEXEC);
}

long sys_dup2(struct task *t, int oldfd, int newfd)
{
	if (oldfd == newfd)
		return fdtable_get_cloexec(t->files, oldfd) < 0 ? -EBADF : newfd;
	return do_dup3(t, oldfd, newfd, false);
}

static long fcntl_dupfd(struct task *t, struct file *f, u64 arg, bool cloexec)
{
	u64 limit = task_rlimit(t, RLIMIT_NOFILE);

	if (arg >= limit)
		return -EINVAL;
	return fdtable_install(t->files, f, (u32)arg, limit, cloexec);
}

/* What is asked of the number, not of the file; O_PATH descriptors know no more. */
static bool of_descriptor(int cmd)
{
	return cmd == F_DUPFD || cmd == F_DUPFD_CLOEXEC || cmd == F_GETFD || cmd == F_SETFD ||
	       cmd == F_GETFL;
}

long sys_fcntl(struct task *t, int fd, int cmd, unsigned long arg)
{
	cleanup_fd struct fd_ref r = fd_borrow_path(t, fd);
	struct file *f = r.file;

	if (!f || (f->mode & FMODE_PATH && !of_descriptor(cmd)))
		return -EBADF;
	switch (cmd) {
	case F_DUPFD:
	case F_DUPFD_CLOEXEC:
		return fcntl_dupfd(t, f, (u32)arg, cmd == F_DUPFD_CLOEXEC);
	case F_GETFD:
		return fdtable_get_cloexec(t->files, fd);
	case F_SETFD:
		return fdtable_set_cloexec(t->files, fd, arg & FD_CLOEXEC);
	case F_GETFL:
		return file_flags(f);
	case F_SETFL:
		if (arg & O_ASYNC)
			file_set_async_fd(f, fd);
		return file_set_flags(f, (u32)arg);
	default:
		return file_fcntl(t, fd, f, cmd, arg);
	}
}

long sys_flock(struct task *t, int fd, int cmd)
{
	cleanup_file struct file *f = fd_get(t, fd);

	if (!f)
		return -EBADF;
	/* Files without an inode of their own cannot be told apart by anybody else. */
	return f->inode ? flock_set(f, cmd) : -EINVAL;
}
