/* FUTEX_WAKE_BITSET wakes only those whose bits it shares */
#include <linux/futex.h>

#include "t.h"

static int word;
static volatile pid_t tid[2];
static volatile int woke[2];

static void *waiter(void *arg)
{
	int me = *(int *)arg;

	tid[me] = t_gettid();
	T_OK(syscall(SYS_futex, &word, FUTEX_WAIT_BITSET_PRIVATE, 0, NULL, NULL, 1 << me));
	woke[me] = 1;
	return NULL;
}

int main(void)
{
	int id[2] = {0, 1}, i;
	pthread_t t[2];

	for (i = 0; i < 2; i++)
		T_EQ(pthread_create(&t[i], NULL, waiter, &id[i]), 0);
	for (i = 0; i < 2; i++) {
		while (tid[i] == 0)
			sched_yield();
		t_await_thread_sleep(tid[i]);
	}
	T_EQ(syscall(SYS_futex, &word, FUTEX_WAKE_BITSET_PRIVATE, 10, NULL, NULL, 4), 0);
	T_EQ(syscall(SYS_futex, &word, FUTEX_WAKE_BITSET_PRIVATE, 10, NULL, NULL, 2), 1);
	T_EQ(pthread_join(t[1], NULL), 0);
	T_EQ(woke[0], 0);
	T_EQ(syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, 10, NULL, NULL, 0), 1);
	T_EQ(pthread_join(t[0], NULL), 0);
	return 0;
}
