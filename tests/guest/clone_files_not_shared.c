/* clone(2) without CLONE_FILES: the child's descriptors are its own */
#include "t.h"

int main(void)
{
	pid_t pid = T_OK((pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0));

	if (pid == 0) {
		T_OK(dup2(0, 55));
		_exit(0);
	}
	t_reap(pid);
	T_ERR(fcntl(55, F_GETFD), EBADF);
	return 0;
}
