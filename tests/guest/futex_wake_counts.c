/* FUTEX_WAKE wakes at most as many as asked, and says how many */
#include <linux/futex.h>

#include "t.h"

#define N 5
static int word;

static void *waiter(void *arg)
{
	*(volatile pid_t *)arg = t_gettid();
	T_OK(syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, 0, NULL, NULL, 0));
	return NULL;
}

int main(void)
{
	volatile pid_t tid[N] = {0};
	pthread_t t[N];
	int i;

	T_EQ(syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, 10, NULL, NULL, 0), 0);
	for (i = 0; i < N; i++)
		T_EQ(pthread_create(&t[i], NULL, waiter, (void *)&tid[i]), 0);
	for (i = 0; i < N; i++) {
		while (tid[i] == 0)
			sched_yield();
		t_await_thread_sleep(tid[i]);
	}
	T_EQ(syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, 2, NULL, NULL, 0), 2);
	T_EQ(syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0), N - 2);
	for (i = 0; i < N; i++)
		T_EQ(pthread_join(t[i], NULL), 0);
	return 0;
}
