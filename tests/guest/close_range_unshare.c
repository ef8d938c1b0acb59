/* CLOSE_RANGE_UNSHARE closes in a table of the caller's own */
#include <linux/close_range.h>
#include <linux/sched.h>

#include "t.h"

int main(void)
{
	pid_t pid;
	int fd = T_OK(dup2(0, 30));

	pid = T_OK((pid_t)syscall(SYS_clone, CLONE_FILES | SIGCHLD, NULL, NULL, NULL, 0));
	if (pid == 0) {
		T_OK(syscall(SYS_close_range, 30, 30, CLOSE_RANGE_UNSHARE));
		T_ERR(fcntl(30, F_GETFD), EBADF);
		_exit(0);
	}
	t_reap(pid);
	T_EQ(fcntl(fd, F_GETFD), 0);
	return 0;
}
