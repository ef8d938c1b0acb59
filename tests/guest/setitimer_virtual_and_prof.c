/* ITIMER_VIRTUAL and ITIMER_PROF run with the processor time of the process */
#include "t.h"

static volatile int nr[2];

static void on_timer(int sig)
{
	nr[sig == SIGPROF]++;
}

int main(void)
{
	struct itimerval it = {{0, 0}, {0, 5000}};

	t_on_signal(SIGVTALRM, on_timer, 0);
	t_on_signal(SIGPROF, on_timer, 0);
	T_OK(setitimer(ITIMER_VIRTUAL, &it, NULL));
	while (nr[0] == 0)
		;
	T_OK(setitimer(ITIMER_PROF, &it, NULL));
	while (nr[1] == 0)
		;
	return 0;
}
