/*
 * sigsuspend(2) waits with another mask, returns EINTR, and the old mask is
 * back
 */
#include "t.h"

static volatile int calls;

static void on_usr(int sig)
{
	calls += sig == SIGUSR1;
}

int main(void)
{
	sigset_t set, now;

	t_on_signal(SIGUSR1, on_usr, 0);
	t_block(SIGUSR1);
	t_block(SIGUSR2);
	T_OK(raise(SIGUSR1));
	T_OK(raise(SIGUSR2));
	sigfillset(&set);
	sigdelset(&set, SIGUSR1);
	T_ERR(sigsuspend(&set), EINTR);
	T_EQ(calls, 1);
	T_OK(sigprocmask(SIG_BLOCK, NULL, &now));
	T_EQ(sigismember(&now, SIGUSR1), 1);
	T_EQ(sigismember(&now, SIGUSR2), 1);
	T_EQ(sigismember(&now, SIGTERM), 0);
	T_ERR(syscall(SYS_rt_sigsuspend, &set, 4), EINVAL);
	T_ERR(syscall(SYS_rt_sigsuspend, t_badptr(), 8), EFAULT);
	return 0;
}
