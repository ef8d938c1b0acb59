/* writing to a pipe that nobody reads: SIGPIPE, and EPIPE if that is ignored */
#include "t.h"

int main(void)
{
	int p[2];
	pid_t pid;

	T_OK(pipe(p));
	T_OK(close(p[0]));
	pid = T_OK(fork());
	if (pid == 0) {
		write(p[1], "x", 1);
		_exit(0);
	}
	T_SIGNALED(pid, SIGPIPE);
	t_on_signal(SIGPIPE, SIG_IGN, 0);
	T_ERR(write(p[1], "x", 1), EPIPE);
	return 0;
}
