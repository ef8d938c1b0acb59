/* a pending signal arrives before sigprocmask(2) that unblocks it returns */
#include "t.h"

static volatile int calls;

static void on_usr(int sig)
{
	calls += sig == SIGUSR1;
}

int main(void)
{
	t_on_signal(SIGUSR1, on_usr, 0);
	t_block(SIGUSR1);
	T_OK(raise(SIGUSR1));
	T_OK(raise(SIGUSR1));
	T_EQ(calls, 0);
	t_unblock(SIGUSR1);
	T_EQ(calls, 1);
	return 0;
}
