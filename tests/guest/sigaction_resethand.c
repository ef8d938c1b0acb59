/* SA_RESETHAND: the handler runs once, then the default is back */
#include "t.h"

static volatile int calls;

static void on_usr(int sig)
{
	struct sigaction sa;

	calls++;
	T_OK(sigaction(sig, NULL, &sa));
	T_TRUE(sa.sa_handler == SIG_DFL);
}

int main(void)
{
	pid_t pid = T_OK(fork());

	if (pid == 0) {
		t_on_signal(SIGUSR1, on_usr, SA_RESETHAND);
		T_OK(raise(SIGUSR1));
		T_EQ(calls, 1);
		T_OK(raise(SIGUSR1));
		_exit(1);
	}
	T_SIGNALED(pid, SIGUSR1);
	return 0;
}
