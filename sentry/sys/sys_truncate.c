/* truncate(2), ftruncate(2), fallocate(2) */
#include <fcntl.h>
#include <sys/resource.h>

#include "fs/attr.h"
#include "fs/fdtable.h"
#include "fs/file.h"
#include "gen/sys_proto.h"
#include "kernel/signal.h"
#include "kernel/task.h"
#include "sys/user_path.h"

/* -EFBIG for the sake of RLIMIT_FSIZE comes with a signal. */
static long limit_signal(struct task *t, long ret, u64 end)
{
	siginfo_t info;

	if (ret != -EFBIG || end <= task_rlimit(t, RLIMIT_FSIZE))
		return ret;
	signal_info_user(&info, SIGXFSZ, SI_USER, t);
	signal_send_task(t, &info);
	return ret;
}

long sys_truncate(struct task *t, uaddr_t path, off_t length)
{
	cleanup_path struct path p = PATH_NONE;
	u64 limit = task_rlimit(t, RLIMIT_FSIZE);
	int err;

	if (length < 0)
		return -EINVAL;
	err = path_lookup_user(t, AT_FDCWD, path, LOOKUP_FOLLOW, &p);
	if (!err)
		err = vfs_truncate(&p, (u64)length, limit, t->cred);
	return limit_signal(t, err, (u64)length);
}

long sys_ftruncate(struct task *t, int fd, off_t length)
{
	cleanup_file struct file *f = NULL;
	u64 limit = task_rlimit(t, RLIMIT_FSIZE);

	if (length < 0)
		return -EINVAL;
	f = fd_get(t, fd);
	if (!f)
		return -EBADF;
	return limit_signal(t, vfs_ftruncate(f, (u64)length, limit, t->cred), (u64)length);
}

long sys_fallocate(struct task *t, int fd, int mode, off_t offset, off_t len)
{
	cleanup_file struct file *f = fd_get(t, fd);
	u64 limit = task_rlimit(t, RLIMIT_FSIZE);
	long ret;

	if (!f)
		return -EBADF;
	ret = vfs_fallocate(f, mode, offset, len, limit, t->cred);
	return limit_signal(t, ret, (u64)offset + (u64)len);
}
