/* SIGCHLD comes for stops and continues, and not with SA_NOCLDSTOP */
#include "t.h"

static volatile int nr;

static void on_chld(int sig)
{
	nr += sig != 0;
}

static pid_t stop_and_go(void)
{
	int status;
	pid_t pid = T_OK(fork());

	if (pid == 0)
		for (;;)
			pause();
	T_OK(kill(pid, SIGSTOP));
	T_EQ(TEMP_FAILURE_RETRY(waitpid(pid, &status, WUNTRACED)), pid);
	T_OK(kill(pid, SIGCONT));
	T_EQ(TEMP_FAILURE_RETRY(waitpid(pid, &status, WCONTINUED)), pid);
	return pid;
}

int main(void)
{
	pid_t pid;

	t_on_signal(SIGCHLD, on_chld, 0);
	pid = stop_and_go();
	T_GE(nr, 1);
	T_OK(kill(pid, SIGKILL));
	T_SIGNALED(pid, SIGKILL);
	nr = 0;
	t_on_signal(SIGCHLD, on_chld, SA_NOCLDSTOP);
	pid = stop_and_go();
	T_EQ(nr, 0);
	T_OK(kill(pid, SIGKILL));
	T_SIGNALED(pid, SIGKILL);
	T_EQ(nr, 1);
	return 0;
}
