/* FUTEX_CMP_REQUEUE wakes some and moves the rest to another word */
#include <linux/futex.h>

#include "t.h"

#define N 4
static int a, b;
static volatile pid_t tid[N];

static void *waiter(void *arg)
{
	tid[*(int *)arg] = t_gettid();
	T_OK(syscall(SYS_futex, &a, FUTEX_WAIT_PRIVATE, 0, NULL, NULL, 0));
	return NULL;
}

int main(void)
{
	int id[N], i;
	pthread_t t[N];

	for (i = 0; i < N; i++) {
		id[i] = i;
		T_EQ(pthread_create(&t[i], NULL, waiter, &id[i]), 0);
	}
	for (i = 0; i < N; i++) {
		while (tid[i] == 0)
			sched_yield();
		t_await_thread_sleep(tid[i]);
	}
	T_ERR(syscall(SYS_futex, &a, FUTEX_CMP_REQUEUE_PRIVATE, 1, 10, &b, 5), EAGAIN);
	T_EQ(syscall(SYS_futex, &a, FUTEX_CMP_REQUEUE_PRIVATE, 1, 10, &b, 0), N);
	T_EQ(syscall(SYS_futex, &a, FUTEX_WAKE_PRIVATE, 10, NULL, NULL, 0), 0);
	T_EQ(syscall(SYS_futex, &b, FUTEX_REQUEUE_PRIVATE, 0, 1, &a, 0), 1);
	T_EQ(syscall(SYS_futex, &b, FUTEX_WAKE_PRIVATE, 10, NULL, NULL, 0), N - 2);
	T_EQ(syscall(SYS_futex, &a, FUTEX_WAKE_PRIVATE, 10, NULL, NULL, 0), 1);
	for (i = 0; i < N; i++)
		T_EQ(pthread_join(t[i], NULL), 0);
	return 0;
}
