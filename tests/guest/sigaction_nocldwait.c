/* SA_NOCLDWAIT: children leave no zombie, and SIGCHLD still comes */
#include "t.h"

static volatile int nr;

static void on_chld(int sig)
{
	nr += sig != 0;
}

int main(void)
{
	pid_t pid;

	t_on_signal(SIGCHLD, on_chld, SA_NOCLDWAIT);
	pid = T_OK(fork());
	if (pid == 0)
		_exit(1);
	while (waitpid(pid, NULL, 0) == -1 && errno == EINTR)
		;
	T_EQ(errno, ECHILD);
	T_EQ(nr, 1);
	return 0;
}
