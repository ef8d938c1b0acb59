/*
 * status flags set in a child show in the parent: they belong to the open file
 */
#include "t.h"

int main(void)
{
	int p[2];
	pid_t pid;
	char c;

	T_OK(pipe(p));
	pid = T_OK(fork());
	if (pid == 0) {
		T_OK(fcntl(p[0], F_SETFL, O_NONBLOCK));
		T_OK(fcntl(p[0], F_SETFD, FD_CLOEXEC));
		_exit(0);
	}
	t_reap(pid);
	T_ERR(read(p[0], &c, 1), EAGAIN);
	T_EQ(fcntl(p[0], F_GETFD), 0);
	return 0;
}
