/* an ignored signal, and a stop with continue, do not end a read */
#include "t.h"

int main(void)
{
	int p[2], status;
	pid_t pid;
	char c;

	T_OK(pipe(p));
	pid = T_OK(fork());
	if (pid == 0) {
		t_on_signal(SIGUSR1, SIG_IGN, 0);
		T_OK(close(p[1]));
		T_EQ(read(p[0], &c, 1), 1);
		_exit(0);
	}
	t_await_sleep(pid);
	T_OK(kill(pid, SIGWINCH));
	T_OK(kill(pid, SIGSTOP));
	T_EQ(waitpid(pid, &status, WUNTRACED), pid);
	T_OK(kill(pid, SIGCONT));
	t_await_sleep(pid);
	t_post(p[1]);
	t_reap(pid);
	return 0;
}
