/*
 * a stopped process runs nothing, keeps signals for later, and SIGKILL ends it
 */
#include "t.h"

int main(void)
{
	int p[2], status;
	pid_t pid;
	char c;

	T_OK(pipe2(p, O_NONBLOCK));
	pid = T_OK(fork());
	if (pid == 0) {
		t_on_signal(SIGUSR1, SIG_DFL, 0);
		T_OK(raise(SIGSTOP));
		t_post(p[1]);
		for (;;)
			pause();
	}
	T_EQ(waitpid(pid, &status, WUNTRACED), pid);
	T_OK(kill(pid, SIGTERM));
	T_ERR(read(p[0], &c, 1), EAGAIN);
	T_EQ(waitpid(pid, &status, WNOHANG), 0);
	T_OK(kill(pid, SIGKILL));
	T_SIGNALED(pid, SIGKILL);
	return 0;
}
