/* futex_waitv(2) sleeps on several words and says which one woke it */
#include <linux/futex.h>

#include "t.h"

#ifndef FUTEX_32
#define FUTEX_32 2
#endif
static uint32_t words[3];
static volatile pid_t tid;

static void *waiter(void *arg)
{
	struct futex_waitv v[3] = {0};
	int i;

	for (i = 0; i < 3; i++)
		v[i] = (struct futex_waitv){.uaddr = (uintptr_t)&words[i], .flags = FUTEX_32};
	tid = t_gettid();
	T_EQ(syscall(449, v, 3, 0, NULL, 0), 1);
	return arg;
}

int main(void)
{
	struct futex_waitv v = {.val = 1, .uaddr = (uintptr_t)&words[0], .flags = FUTEX_32};
	pthread_t t;

	if (syscall(449, &v, 1, 0, NULL, 0) == -1 && errno == ENOSYS)
		T_SKIP("no futex_waitv");
	T_ERR(syscall(449, &v, 1, 0, NULL, 0), EAGAIN);
	T_ERR(syscall(449, &v, 0, 0, NULL, 0), EINVAL);
	T_ERR(syscall(449, &v, 1, 1, NULL, 0), EINVAL);
	T_EQ(pthread_create(&t, NULL, waiter, NULL), 0);
	while (tid == 0)
		sched_yield();
	t_await_thread_sleep(tid);
	T_EQ(syscall(SYS_futex, &words[1], FUTEX_WAKE, 1, NULL, NULL, 0), 1);
	T_EQ(pthread_join(t, NULL), 0);
	return 0;
}
