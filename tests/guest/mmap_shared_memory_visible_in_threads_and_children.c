/*
 * a child of a child writes into shared memory that a thread of the first
 * process waits for
 */
#include "t.h"

static volatile int *m;

static void *waiter(void *arg)
{
	while (m[0] != 42)
		sched_yield();
	return arg;
}

int main(void)
{
	pthread_t t;
	pid_t pid;

	m = T_OK(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
	T_EQ(pthread_create(&t, NULL, waiter, NULL), 0);
	pid = T_OK(fork());
	if (pid == 0) {
		pid = T_OK(fork());
		if (pid == 0) {
			m[0] = 42;
			_exit(0);
		}
		t_reap(pid);
		_exit(0);
	}
	T_EQ(pthread_join(t, NULL), 0);
	t_reap(pid);
	return 0;
}
