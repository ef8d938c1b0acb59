/* a PI mutex keeps four threads apart */
#include "t.h"

enum { THREADS = 4, ROUNDS = 1000 };

static pthread_mutex_t m;
static long count;

static void *adder(void *arg)
{
	for (int i = 0; i < ROUNDS; i++) {
		long seen;

		T_EQ(pthread_mutex_lock(&m), 0);
		seen = count;
		if (i % 64 == 0)
			sched_yield();
		count = seen + 1;
		T_EQ(pthread_mutex_unlock(&m), 0);
	}
	return arg;
}

int main(void)
{
	pthread_mutexattr_t attr;
	pthread_t t[THREADS];

	pthread_mutexattr_init(&attr);
	pthread_mutexattr_setprotocol(&attr, PTHREAD_PRIO_INHERIT);
	T_EQ(pthread_mutex_init(&m, &attr), 0);
	for (int i = 0; i < THREADS; i++)
		T_EQ(pthread_create(&t[i], NULL, adder, NULL), 0);
	for (int i = 0; i < THREADS; i++)
		T_EQ(pthread_join(t[i], NULL), 0);
	T_EQ(count, THREADS * ROUNDS);
	return 0;
}
