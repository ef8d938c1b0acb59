/* kill(2): a process, a group, signal 0, nobody, a bad signal */
#include "t.h"

int main(void)
{
	pid_t outer = T_OK(fork()), pid;
	int p[2];
	char c;

	if (outer == 0) {
		T_OK(setpgid(0, 0));
		T_OK(pipe(p));
		pid = T_OK(fork());
		if (pid == 0) {
			t_post(p[1]);
			for (;;)
				pause();
		}
		T_EQ(read(p[0], &c, 1), 1);
		T_OK(kill(pid, 0));
		T_OK(kill(0, 0));
		T_OK(kill(-getpid(), 0));
		T_ERR(kill(pid, 65), EINVAL);
		T_ERR(kill(pid, -1), EINVAL);
		T_ERR(kill(999999, 0), ESRCH);
		T_ERR(kill(-999999, 0), ESRCH);
		t_on_signal(SIGTERM, SIG_IGN, 0);
		T_OK(kill(0, SIGTERM));
		T_SIGNALED(pid, SIGTERM);
		T_ERR(kill(pid, 0), ESRCH);
		_exit(0);
	}
	t_reap(outer);
	return 0;
}
