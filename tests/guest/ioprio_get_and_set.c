/* ioprio_set(2), ioprio_get(2): classes and levels, inherited, refused */
#include <limits.h>
#include <linux/ioprio.h>
#include <sys/resource.h>

#include "t.h"

static long get(int which, int who)
{
	return syscall(SYS_ioprio_get, which, who);
}

static long set(int which, int who, int prio)
{
	return syscall(SYS_ioprio_set, which, who, prio);
}

int main(void)
{
	int be3 = IOPRIO_PRIO_VALUE(IOPRIO_CLASS_BE, 3);
	/* Where none is set it follows from the nice value, which is the caller's. */
	int level = (getpriority(PRIO_PROCESS, 0) + 20) / 5;
	pid_t pid;

	T_OK(set(IOPRIO_WHO_PROCESS, 0, 0));
	T_EQ(get(IOPRIO_WHO_PROCESS, 0), 0);
	T_EQ(get(IOPRIO_WHO_PGRP, 0), IOPRIO_PRIO_VALUE(IOPRIO_CLASS_BE, level));
	T_OK(set(IOPRIO_WHO_PROCESS, 0, be3));
	T_EQ(get(IOPRIO_WHO_PROCESS, getpid()), be3);
	pid = T_OK(fork());
	if (pid == 0) {
		T_EQ(get(IOPRIO_WHO_PROCESS, 0), be3);
		_exit(0);
	}
	t_reap(pid);
	T_ERR(set(IOPRIO_WHO_PROCESS, 0, 1), EINVAL);
	T_ERR(set(IOPRIO_WHO_PROCESS, 0, 4 << IOPRIO_CLASS_SHIFT), EINVAL);
	T_ERR(set(9, 0, be3), EINVAL);
	T_ERR(get(9, 0), EINVAL);
	T_ERR(set(INT_MIN, 0, be3), EINVAL);
	T_ERR(get(INT_MIN, 0), EINVAL);
	T_ERR(get(0, 0), EINVAL);
	T_ERR(get(IOPRIO_WHO_PROCESS, 999999), ESRCH);
	return 0;
}
