/* cancelling a thread that sleeps in read ends it */
#include "t.h"

static int p[2];
static volatile pid_t tid;

static void *run(void *arg)
{
	char c;

	tid = t_gettid();
	T_EQ(read(p[0], &c, 1), 1);
	return arg;
}

int main(void)
{
	pthread_t t;
	void *ret;

	T_OK(pipe(p));
	T_EQ(pthread_create(&t, NULL, run, NULL), 0);
	while (tid == 0)
		sched_yield();
	t_await_thread_sleep(tid);
	T_EQ(pthread_cancel(t), 0);
	T_EQ(pthread_join(t, &ret), 0);
	T_TRUE(ret == PTHREAD_CANCELED);
	return 0;
}
