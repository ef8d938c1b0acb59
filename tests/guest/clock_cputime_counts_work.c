/*
 * the processor clocks move while the program computes, and the process's
 * counts all threads
 */
#include "t.h"

static void *burn(void *arg)
{
	int64_t start = t_now(CLOCK_THREAD_CPUTIME_ID);

	while (t_now(CLOCK_THREAD_CPUTIME_ID) - start < 5000000)
		;
	return arg;
}

int main(void)
{
	int64_t before = t_now(CLOCK_PROCESS_CPUTIME_ID);
	pthread_t t;
	clockid_t id;

	T_EQ(pthread_create(&t, NULL, burn, NULL), 0);
	T_EQ(pthread_join(t, NULL), 0);
	burn(NULL);
	T_GE(t_now(CLOCK_PROCESS_CPUTIME_ID) - before, 9000000);
	T_EQ(clock_getcpuclockid(getpid(), &id), 0);
	T_GE(t_now(id), 9000000);
	return 0;
}
