/*
 * closing a descriptor while another thread sleeps in read of it does not end
 * the read
 */
#include "t.h"

static int p[2];
static volatile pid_t tid;

static void *reader(void *arg)
{
	char c;

	tid = t_gettid();
	T_EQ(read(p[0], &c, 1), 1);
	return arg;
}

int main(void)
{
	pthread_t t;

	T_OK(pipe(p));
	T_EQ(pthread_create(&t, NULL, reader, NULL), 0);
	while (tid == 0)
		sched_yield();
	t_await_thread_sleep(tid);
	T_OK(close(p[0]));
	t_post(p[1]);
	T_EQ(pthread_join(t, NULL), 0);
	return 0;
}
