/* SIGEV_THREAD_ID sends a timer's signal to one thread */
#include "t.h"

static volatile pid_t ran_in;
static volatile pid_t tid;

static void on_timer(int sig)
{
	T_EQ(sig, SIGUSR1);
	ran_in = t_gettid();
}

static void *run(void *arg)
{
	tid = t_gettid();
	while (ran_in == 0)
		usleep(500);
	return arg;
}

int main(void)
{
	struct itimerspec it = {{0, 0}, {0, 1000000}};
	struct sigevent ev = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGUSR1};
	pthread_t t;
	int id;

	t_on_signal(SIGUSR1, on_timer, 0);
	T_EQ(pthread_create(&t, NULL, run, NULL), 0);
	while (tid == 0)
		sched_yield();
	ev._sigev_un._tid = tid;
	T_OK(syscall(SYS_timer_create, CLOCK_MONOTONIC, &ev, &id));
	T_OK(syscall(SYS_timer_settime, id, 0, &it, NULL));
	T_EQ(pthread_join(t, NULL), 0);
	T_EQ(ran_in, tid);
	return 0;
}
