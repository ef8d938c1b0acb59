/* a handler for SIGCONT runs when a stopped process is continued */
#include "t.h"

static volatile int got;

static void on_cont(int sig)
{
	got = sig;
}

int main(void)
{
	int status;
	pid_t pid = T_OK(fork());

	if (pid == 0) {
		t_on_signal(SIGCONT, on_cont, 0);
		T_OK(raise(SIGSTOP));
		_exit(got == SIGCONT ? 6 : 1);
	}
	T_EQ(waitpid(pid, &status, WUNTRACED), pid);
	T_TRUE(WIFSTOPPED(status));
	T_OK(kill(pid, SIGCONT));
	T_EXITED(pid, 6);
	return 0;
}
