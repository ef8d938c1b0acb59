/* timerfd_create(2), timerfd_settime(2), timerfd_gettime(2) */
#include <sys/timerfd.h>

#include "fs/fdtable.h"
#include "fs/file.h"
#include "fs/timerfd.h"
#include "gen/sys_proto.h"
#include "kernel/task.h"
#include "sys/itimerspec.h"

long sys_timerfd_create(struct task *t, clockid_t clockid, int flags)
{
	cleanup_file struct file *f = NULL;
	int err;

	if (flags & ~(TFD_CLOEXEC | TFD_NONBLOCK))
		return -EINVAL;
	switch (clockid) {
	case CLOCK_REALTIME:
	case CLOCK_MONOTONIC:
	case CLOCK_BOOTTIME:
		break;
	case CLOCK_REALTIME_ALARM:
	case CLOCK_BOOTTIME_ALARM:
		if (!task_capable(t, CAP_WAKE_ALARM))
			return -EPERM;
		break;
	default:
		return -EINVAL;
	}
	err = timerfd_create_file(clockid, flags, &f);
	return err ? err : fd_install(t, f, flags & TFD_CLOEXEC);
}

/* The timer behind @fd; -EBADF, -EINVAL. */
static int timerfd_get_file(struct task *t, int fd, struct file **ret)
{
	cleanup_file struct file *f = fd_get(t, fd);

	if (!f)
		return -EBADF;
	if (!file_is_timerfd(f))
		return -EINVAL;
	*ret = steal(&f);
	return 0;
}

long sys_timerfd_settime(struct task *t, int ufd, int flags, uaddr_t utmr, uaddr_t otmr)
{
	cleanup_file struct file *f = NULL;
	struct timer_spec spec, old;
	int err = itimerspec_from_user(t, utmr, &spec);

	if (err)
		return err;
	if (flags & ~(TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET))
		return -EINVAL;
	err = timerfd_get_file(t, ufd, &f);
	if (err)
		return err;
	timerfd_set(f, flags, &spec, &old);
	return otmr ? itimerspec_to_user(t, otmr, &old) : 0;
}

long sys_timerfd_gettime(struct task *t, int ufd, uaddr_t otmr)
{
	cleanup_file struct file *f = NULL;
	struct timer_spec spec;
	int err = timerfd_get_file(t, ufd, &f);

	if (err)
		return err;
	timerfd_get(f, &spec);
	return itimerspec_to_user(t, otmr, &spec);
}
