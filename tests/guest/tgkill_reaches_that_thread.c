/* a signal sent to a thread runs its handler in that thread */
#include "t.h"

static volatile pid_t ran_in;
static volatile int stop;

static void on_usr(int sig)
{
	T_EQ(sig, SIGUSR1);
	ran_in = t_gettid();
}

static void *spin(void *arg)
{
	*(volatile pid_t *)arg = t_gettid();
	while (!stop)
		sched_yield();
	return NULL;
}

int main(void)
{
	volatile pid_t tid = 0;
	pthread_t t;

	t_on_signal(SIGUSR1, on_usr, 0);
	T_EQ(pthread_create(&t, NULL, spin, (void *)&tid), 0);
	while (tid == 0)
		sched_yield();
	T_OK(syscall(SYS_tgkill, getpid(), tid, SIGUSR1));
	while (ran_in == 0)
		sched_yield();
	T_EQ(ran_in, tid);
	stop = 1;
	T_EQ(pthread_join(t, NULL), 0);
	return 0;
}
