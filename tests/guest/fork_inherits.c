/*
 * fork(2) passes on descriptors, masks, handlers, directory and limits, not
 * pending signals
 */
#include <sys/resource.h>

#include "t.h"

int main(void)
{
	struct sigaction sa;
	sigset_t set;
	struct rlimit r = {50, 50}, got;
	pid_t pid;

	T_OK(dup2(0, 33));
	T_OK(fcntl(33, F_SETFD, FD_CLOEXEC));
	T_OK(setrlimit(RLIMIT_NOFILE, &r));
	t_on_signal(SIGUSR2, t_ignore_signal, SA_RESTART);
	t_block(SIGUSR1);
	T_OK(raise(SIGUSR1));
	alarm(100);
	pid = T_OK(fork());
	if (pid == 0) {
		T_EQ(fcntl(33, F_GETFD), FD_CLOEXEC);
		T_OK(getrlimit(RLIMIT_NOFILE, &got));
		T_EQ(got.rlim_cur, 50);
		T_OK(sigaction(SIGUSR2, NULL, &sa));
		T_TRUE(sa.sa_handler == t_ignore_signal);
		T_OK(sigprocmask(SIG_BLOCK, NULL, &set));
		T_EQ(sigismember(&set, SIGUSR1), 1);
		T_OK(sigpending(&set));
		T_EQ(sigismember(&set, SIGUSR1), 0);
		T_EQ(alarm(0), 0);
		_exit(0);
	}
	t_reap(pid);
	T_GT(alarm(0), 0);
	return 0;
}
