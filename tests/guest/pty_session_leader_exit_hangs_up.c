/*
 * when a session leader ends, the foreground group gets SIGHUP and loses the
 * terminal
 */
#include <pty.h>

#include "t.h"

int main(void)
{
	int m, ready[2], p[2];
	sigset_t set;
	pid_t pid;
	char c;

	T_OK(pipe(p));
	T_OK(pipe(ready));
	pid = T_OK(forkpty(&m, NULL, NULL, NULL));
	if (pid == 0) {
		if (fork() == 0) {
			sigemptyset(&set);
			sigaddset(&set, SIGHUP);
			sigprocmask(SIG_BLOCK, &set, NULL);
			t_post(ready[1]);
			if (sigwaitinfo(&set, NULL) == SIGHUP && open("/dev/tty", O_RDWR) == -1 &&
			    errno == ENXIO)
				t_post(p[1]);
			_exit(0);
		}
		t_take(ready[0]);
		_exit(0);
	}
	t_reap(pid);
	T_OK(close(p[1]));
	T_EQ(read(p[0], &c, 1), 1);
	return 0;
}
