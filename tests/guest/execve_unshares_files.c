/* execve(2) of a process that shares its table closes in a table of its own */
#include <linux/sched.h>

#include "t.h"

int main(int argc, char **argv)
{
	char *args[] = {argv[0], (char *)"again", NULL};
	pid_t pid;

	if (argc > 1) {
		T_ERR(fcntl(60, F_GETFD), EBADF);
		return 0;
	}
	T_OK(dup3(0, 60, O_CLOEXEC));
	pid = T_OK((pid_t)syscall(SYS_clone, CLONE_FILES | SIGCHLD, NULL, NULL, NULL, 0));
	if (pid == 0) {
		execv(argv[0], args);
		_exit(9);
	}
	t_reap(pid);
	T_EQ(fcntl(60, F_GETFD), FD_CLOEXEC);
	return 0;
}
