/* epoll_pwait(2) waits with another mask and puts the old one back */
#include <sys/epoll.h>

#include "t.h"

static volatile int got;

static void on_usr(int sig)
{
	got = sig;
}

int main(void)
{
	struct epoll_event out;
	sigset_t none, now;
	int ep = T_OK(epoll_create1(0));

	sigemptyset(&none);
	t_on_signal(SIGUSR1, on_usr, 0);
	t_block(SIGUSR1);
	T_OK(raise(SIGUSR1));
	T_EQ(epoll_pwait(ep, &out, 1, 0, NULL), 0);
	T_EQ(got, 0);
	T_ERR(epoll_pwait(ep, &out, 1, -1, &none), EINTR);
	T_EQ(got, SIGUSR1);
	T_OK(sigprocmask(SIG_BLOCK, NULL, &now));
	T_EQ(sigismember(&now, SIGUSR1), 1);
	return 0;
}
