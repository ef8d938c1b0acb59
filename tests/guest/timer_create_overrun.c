/* expirations that find the signal still pending are counted as overrun */
#include "t.h"

int main(void)
{
	struct sigevent ev = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1};
	struct itimerspec it = {{0, 1000000}, {0, 1000000}};
	siginfo_t si;
	sigset_t set;
	timer_t timer;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	t_block(SIGUSR1);
	T_OK(timer_create(CLOCK_MONOTONIC, &ev, &timer));
	T_OK(timer_settime(timer, 0, &it, NULL));
	usleep(10000);
	T_EQ(sigwaitinfo(&set, &si), SIGUSR1);
	T_GE(si.si_overrun, 5);
	T_GE(timer_getoverrun(timer), 5);
	T_OK(timer_delete(timer));
	return 0;
}
