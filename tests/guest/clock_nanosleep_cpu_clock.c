/* a sleep on the clock of the process ends when its threads have run that long */
#include "t.h"

static volatile bool stop;

static void *spinner(void *arg)
{
	while (!stop)
		;
	return arg;
}

int main(void)
{
	struct timespec ts = {0, 50000000}, now;
	int64_t before = t_now(CLOCK_PROCESS_CPUTIME_ID);
	pthread_t t;

	T_EQ(clock_nanosleep(CLOCK_THREAD_CPUTIME_ID, 0, &ts, NULL), EINVAL);
	T_EQ(pthread_create(&t, NULL, spinner, NULL), 0);
	T_EQ(clock_nanosleep(CLOCK_PROCESS_CPUTIME_ID, 0, &ts, NULL), 0);
	T_GE(t_now(CLOCK_PROCESS_CPUTIME_ID) - before, 50000000);
	T_OK(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now));
	T_EQ(clock_nanosleep(CLOCK_PROCESS_CPUTIME_ID, TIMER_ABSTIME, &now, NULL), 0);
	stop = true;
	T_EQ(pthread_join(t, NULL), 0);
	return 0;
}
