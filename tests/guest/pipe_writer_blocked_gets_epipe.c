/* a writer asleep in a full pipe fails when the last reader goes */
#include "t.h"

int main(void)
{
	static char buf[200000];
	int p[2];
	pid_t pid;
	ssize_t got;

	T_OK(pipe(p));
	pid = T_OK(fork());
	if (pid == 0) {
		T_OK(close(p[0]));
		t_on_signal(SIGPIPE, SIG_IGN, 0);
		got = write(p[1], buf, sizeof(buf));
		T_EQ(got, 65536);
		T_ERR(write(p[1], buf, 1), EPIPE);
		_exit(0);
	}
	t_await_sleep(pid);
	T_OK(close(p[0]));
	t_reap(pid);
	return 0;
}
