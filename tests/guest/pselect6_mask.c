/* pselect(2) waits with another mask */
#include <sys/select.h>

#include "t.h"

static volatile int got;

static void on_usr(int sig)
{
	got = sig;
}

int main(void)
{
	struct timespec ts = {5, 0};
	sigset_t none, now;

	sigemptyset(&none);
	t_on_signal(SIGUSR1, on_usr, 0);
	t_block(SIGUSR1);
	T_OK(raise(SIGUSR1));
	T_ERR(pselect(0, NULL, NULL, NULL, &ts, &none), EINTR);
	T_EQ(got, SIGUSR1);
	T_EQ(ts.tv_sec, 5);
	T_OK(sigprocmask(SIG_BLOCK, NULL, &now));
	T_EQ(sigismember(&now, SIGUSR1), 1);
	return 0;
}
