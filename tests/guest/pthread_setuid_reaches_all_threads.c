/* setuid(3) of a process with threads changes every one of them */
#include "t.h"

static volatile int phase;

static void *run(void *arg)
{
	phase = 1;
	while (phase == 1)
		usleep(500);
	T_EQ(syscall(SYS_geteuid), T_NOBODY);
	return arg;
}

int main(void)
{
	pthread_t t;

	t_need_root();
	T_EQ(pthread_create(&t, NULL, run, NULL), 0);
	while (phase == 0)
		sched_yield();
	T_OK(setuid(T_NOBODY));
	phase = 2;
	T_EQ(pthread_join(t, NULL), 0);
	return 0;
}
