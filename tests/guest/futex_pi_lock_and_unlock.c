/* FUTEX_LOCK_PI: free, contended, recursive, by a stranger, FUTEX_TRYLOCK_PI */
#include <linux/futex.h>

#include "t.h"

static int word;
static volatile pid_t tid;

static void *locker(void *arg)
{
	tid = t_gettid();
	T_ERR(syscall(SYS_futex, &word, FUTEX_TRYLOCK_PI, 0, NULL, NULL, 0), EAGAIN);
	T_ERR(syscall(SYS_futex, &word, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0), EPERM);
	T_OK(syscall(SYS_futex, &word, FUTEX_LOCK_PI, 0, NULL, NULL, 0));
	T_EQ(word & FUTEX_TID_MASK, tid);
	T_OK(syscall(SYS_futex, &word, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0));
	return arg;
}

int main(void)
{
	pthread_t t;

	T_OK(syscall(SYS_futex, &word, FUTEX_LOCK_PI, 0, NULL, NULL, 0));
	T_EQ(word, t_gettid());
	T_ERR(syscall(SYS_futex, &word, FUTEX_LOCK_PI, 0, NULL, NULL, 0), EDEADLK);
	T_EQ(pthread_create(&t, NULL, locker, NULL), 0);
	while (tid == 0)
		sched_yield();
	t_await_thread_sleep(tid);
	T_TRUE(word & (int)FUTEX_WAITERS);
	T_OK(syscall(SYS_futex, &word, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0));
	T_EQ(pthread_join(t, NULL), 0);
	T_EQ(word, 0);
	return 0;
}
