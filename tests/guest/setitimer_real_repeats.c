/* ITIMER_REAL sends SIGALRM, again and again when it has an interval */
#include "t.h"

static volatile int nr;

static void on_alarm(int sig)
{
	nr += sig == SIGALRM;
}

int main(void)
{
	struct itimerval it = {{0, 1000}, {0, 1000}}, old, off = {{0, 0}, {0, 0}};
	sigset_t none;

	sigemptyset(&none);
	t_block(SIGALRM);
	t_on_signal(SIGALRM, on_alarm, 0);
	T_OK(setitimer(ITIMER_REAL, &it, NULL));
	while (nr < 5)
		sigsuspend(&none);
	T_OK(getitimer(ITIMER_REAL, &old));
	T_EQ(old.it_interval.tv_usec, 1000);
	T_OK(setitimer(ITIMER_REAL, &off, &old));
	T_EQ(old.it_interval.tv_usec, 1000);
	T_OK(getitimer(ITIMER_REAL, &old));
	T_EQ(old.it_value.tv_usec, 0);
	return 0;
}
