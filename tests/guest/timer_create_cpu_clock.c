/* a timer on the process's own CPU clock fires while it runs */
#include "t.h"

static volatile int ran;

static void on_timer(int sig)
{
	ran += sig == SIGUSR1;
}

int main(void)
{
	struct sigevent sev = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1};
	struct itimerspec its = {{0, 10000000}, {0, 10000000}};
	int64_t before = t_now(CLOCK_PROCESS_CPUTIME_ID);
	timer_t id;

	t_on_signal(SIGUSR1, on_timer, 0);
	T_OK(timer_create(CLOCK_PROCESS_CPUTIME_ID, &sev, &id));
	T_OK(timer_settime(id, 0, &its, NULL));
	while (ran < 3)
		;
	T_GE(t_now(CLOCK_PROCESS_CPUTIME_ID) - before, 30000000);
	T_OK(timer_delete(id));
	T_ERR(timer_delete(id), EINVAL);
	return 0;
}
