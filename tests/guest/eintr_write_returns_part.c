/* a blocking write that is interrupted after some bytes returns how many */
#include "t.h"

int main(void)
{
	static char buf[200000];
	int p[2];
	pid_t pid;

	T_OK(pipe(p));
	pid = T_OK(fork());
	if (pid == 0) {
		t_on_signal(SIGUSR1, t_ignore_signal, 0);
		T_EQ(write(p[1], buf, sizeof(buf)), 65536);
		_exit(0);
	}
	t_await_sleep(pid);
	T_OK(kill(pid, SIGUSR1));
	t_reap(pid);
	return 0;
}
