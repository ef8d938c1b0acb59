/* PR_SET_PDEATHSIG: the child gets the signal when its parent ends */
#include <sys/prctl.h>

#include "t.h"

int main(void)
{
	int p[2], got, ready[2];
	siginfo_t si;
	sigset_t set;
	pid_t pid;
	char c;

	T_OK(pipe(p));
	T_OK(pipe(ready));
	pid = T_OK(fork());
	if (pid == 0) {
		if (T_OK(fork()) == 0) {
			sigemptyset(&set);
			sigaddset(&set, SIGUSR1);
			T_OK(sigprocmask(SIG_BLOCK, &set, NULL));
			T_OK(prctl(PR_SET_PDEATHSIG, SIGUSR1));
			T_OK(prctl(PR_GET_PDEATHSIG, &got));
			T_EQ(got, SIGUSR1);
			t_post(ready[1]);
			T_EQ(sigwaitinfo(&set, &si), SIGUSR1);
			t_post(p[1]);
			_exit(0);
		}
		t_take(ready[0]);
		_exit(0);
	}
	t_reap(pid);
	T_OK(close(p[1]));
	T_EQ(read(p[0], &c, 1), 1);
	T_ERR(prctl(PR_SET_PDEATHSIG, 100), EINVAL);
	return 0;
}
