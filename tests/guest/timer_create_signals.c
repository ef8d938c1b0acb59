/* a POSIX timer sends its signal with its value, and says SI_TIMER */
#include "t.h"

static volatile int value, code;

static void on_timer(int sig, siginfo_t *si, void *ctx)
{
	T_TRUE(sig == SIGUSR1 && ctx != NULL);
	value = si->si_value.sival_int;
	code = si->si_code;
}

int main(void)
{
	struct sigaction sa = {.sa_sigaction = on_timer, .sa_flags = SA_SIGINFO};
	struct sigevent ev = {.sigev_notify = SIGEV_SIGNAL,
			      .sigev_signo = SIGUSR1,
			      .sigev_value = {.sival_int = 99}};
	struct itimerspec it = {{0, 0}, {0, 1000000}}, now;
	sigset_t none;
	timer_t timer;

	sigemptyset(&none);
	t_block(SIGUSR1);
	T_OK(sigaction(SIGUSR1, &sa, NULL));
	T_OK(timer_create(CLOCK_MONOTONIC, &ev, &timer));
	T_OK(timer_settime(timer, 0, &it, NULL));
	while (code == 0)
		sigsuspend(&none);
	T_EQ(value, 99);
	T_EQ(code, SI_TIMER);
	T_OK(timer_gettime(timer, &now));
	T_EQ(now.it_value.tv_sec, 0);
	T_EQ(now.it_value.tv_nsec, 0);
	T_EQ(timer_getoverrun(timer), 0);
	T_OK(timer_delete(timer));
	return 0;
}
