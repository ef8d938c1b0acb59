/* a stopped group that becomes orphaned gets SIGHUP and SIGCONT */
#include "t.h"

int main(void)
{
	int p[2];
	sigset_t set;
	siginfo_t si;
	pid_t pid, leaf;
	char c;

	T_OK(pipe(p));
	pid = T_OK(fork());
	if (pid == 0) {
		T_OK(setsid() == -1 ? -1 : 0);
		leaf = T_OK(fork());
		if (leaf == 0) {
			T_OK(setpgid(0, 0));
			sigemptyset(&set);
			sigaddset(&set, SIGHUP);
			T_OK(sigprocmask(SIG_BLOCK, &set, NULL));
			T_OK(raise(SIGSTOP));
			T_EQ(sigwaitinfo(&set, &si), SIGHUP);
			t_post(p[1]);
			_exit(0);
		}
		t_await_state(leaf, "T");
		_exit(0);
	}
	t_reap(pid);
	T_OK(close(p[1]));
	T_EQ(read(p[0], &c, 1), 1);
	return 0;
}
