/* ppoll(2): the mask holds during the wait, and the time is checked */
#include "t.h"

static volatile int got;

static void on_usr(int sig)
{
	got = sig;
}

int main(void)
{
	struct timespec ts = {5, 0}, bad = {0, 2000000000};
	sigset_t none;

	sigemptyset(&none);
	t_on_signal(SIGUSR1, on_usr, SA_RESTART);
	t_block(SIGUSR1);
	T_OK(raise(SIGUSR1));
	T_ERR(ppoll(NULL, 0, &ts, &none), EINTR);
	T_EQ(got, SIGUSR1);
	T_ERR(ppoll(NULL, 0, &bad, NULL), EINVAL);
	ts = (struct timespec){0, 1000000};
	T_EQ(ppoll(NULL, 0, &ts, NULL), 0);
	T_ERR(syscall(SYS_ppoll, NULL, 0, &ts, &none, 4), EINVAL);
	return 0;
}
