/*
 * closing the master hangs up: SIGHUP to the session leader's group, reads
 * end, writes are EIO
 */
#include <pty.h>

#include "t.h"

int main(void)
{
	int m, ready[2], done[2];
	sigset_t set;
	pid_t pid;
	char c;

	T_OK(pipe(ready));
	T_OK(pipe(done));
	pid = T_OK(forkpty(&m, NULL, NULL, NULL));
	if (pid == 0) {
		sigemptyset(&set);
		sigaddset(&set, SIGHUP);
		sigprocmask(SIG_BLOCK, &set, NULL);
		t_post(ready[1]);
		if (sigwaitinfo(&set, NULL) != SIGHUP)
			_exit(1);
		if (read(0, &c, 1) != 0)
			_exit(2);
		if (write(1, "x", 1) != -1 || errno != EIO)
			_exit(3);
		_exit(0);
	}
	t_take(ready[0]);
	T_OK(close(m));
	t_reap(pid);
	return 0;
}
