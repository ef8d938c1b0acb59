/* sigsuspend(2) inside a handler waits for another signal and comes back */
#include "t.h"

static volatile int second;

static void on_usr2(int sig)
{
	second = sig;
}

static void on_usr1(int sig)
{
	sigset_t set;

	T_EQ(sig, SIGUSR1);
	sigfillset(&set);
	sigdelset(&set, SIGUSR2);
	T_ERR(sigsuspend(&set), EINTR);
}

int main(void)
{
	t_on_signal(SIGUSR1, on_usr1, 0);
	t_on_signal(SIGUSR2, on_usr2, 0);
	t_block(SIGUSR2);
	T_OK(raise(SIGUSR2));
	T_OK(raise(SIGUSR1));
	T_EQ(second, SIGUSR2);
	return 0;
}
