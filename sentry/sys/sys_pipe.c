/* pipe(2), pipe2(2) */
#include "fs/fdtable.h"
#include "fs/file.h"
#include "fs/pipe.h"
#include "gen/sys_proto.h"
#include "kernel/task.h"
#include "mm/uaccess.h"

long sys_pipe2(struct task *t, uaddr_t fildes, int flags)
{
	cleanup_file struct file *rd = NULL, *wr = NULL;
	struct file *ends[2];
	int fd[2], err;

	if (flags & ~(O_CLOEXEC | O_NONBLOCK | O_DIRECT))
		return -EINVAL;
	err = pipe_create(t->cred, flags, ends);
	if (err)
		return err;
	rd = ends[0];
	wr = ends[1];
	fd[0] = fd_reserve(t, flags & O_CLOEXEC);
	if (fd[0] < 0)
		return fd[0];
	fd[1] = fd_reserve(t, flags & O_CLOEXEC);
	if (fd[1] < 0) {
		fd_cancel(t, fd[0]);
		return fd[1];
	}
	if (copy_to_user(t, fildes, fd, sizeof(fd))) {
		fd_cancel(t, fd[0]);
		fd_cancel(t, fd[1]);
		return -EFAULT;
	}
	fd_commit(t, fd[0], rd);
	fd_commit(t, fd[1], wr);
	return 0;
}

long sys_pipe(struct task *t, uaddr_t fildes)
{
	return sys_pipe2(t, fildes, 0);
}
