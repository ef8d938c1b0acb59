/*
 * FUTEX_WAIT_REQUEUE_PI and FUTEX_CMP_REQUEUE_PI: waiters of a condition come
 * out one by one, each with the lock; a timeout and wrong pairs
 */
#include <linux/futex.h>

#include "t.h"

enum { THREADS = 3 };

static int cond, lock;
static int waiting, inside, done; /* atomic */

static long futex(int *at, int op, int val, void *timeout, int *at2, int val3)
{
	return syscall(SYS_futex, at, op, val, timeout, at2, val3);
}

static void *waiter(void *arg)
{
	__atomic_add_fetch(&waiting, 1, __ATOMIC_SEQ_CST);
	T_OK(futex(&cond, FUTEX_WAIT_REQUEUE_PI, 0, NULL, &lock, 0));
	T_EQ(__atomic_load_n(&lock, __ATOMIC_SEQ_CST) & FUTEX_TID_MASK, t_gettid());
	T_EQ(__atomic_add_fetch(&inside, 1, __ATOMIC_SEQ_CST), 1);
	sched_yield();
	__atomic_sub_fetch(&inside, 1, __ATOMIC_SEQ_CST);
	__atomic_add_fetch(&done, 1, __ATOMIC_SEQ_CST);
	T_OK(futex(&lock, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0));
	return arg;
}

static void *requeue(int nr)
{
	return (void *)(long)nr;
}

/* Wait until @n waiters stand at the condition: then that many can be moved. */
static void move_all(int n)
{
	int moved = 0;

	while (moved < n) {
		long ret = T_OK(futex(&cond, FUTEX_CMP_REQUEUE_PI, 1, requeue(INT_MAX), &lock, 0));

		moved += (int)ret;
		sched_yield();
	}
}

int main(void)
{
	struct timespec soon;
	pthread_t t[THREADS];

	T_OK(clock_gettime(CLOCK_MONOTONIC, &soon));
	T_ERR(futex(&cond, FUTEX_WAIT_REQUEUE_PI, 0, &soon, &lock, 0), ETIMEDOUT);
	T_ERR(futex(&cond, FUTEX_WAIT_REQUEUE_PI, 1, &soon, &lock, 0), EAGAIN);
	T_ERR(futex(&cond, FUTEX_WAIT_REQUEUE_PI, 0, &soon, &cond, 0), EINVAL);
	T_ERR(futex(&cond, FUTEX_CMP_REQUEUE_PI, 2, requeue(1), &lock, 0), EINVAL);
	T_ERR(futex(&cond, FUTEX_CMP_REQUEUE_PI, 1, requeue(1), &lock, 5), EAGAIN);
	T_EQ(futex(&cond, FUTEX_CMP_REQUEUE_PI, 1, requeue(1), &lock, 0), 0);
	for (int round = 0; round < 20; round++) {
		bool held = round % 2;

		done = 0;
		waiting = 0;
		for (int i = 0; i < THREADS; i++)
			T_EQ(pthread_create(&t[i], NULL, waiter, NULL), 0);
		while (__atomic_load_n(&waiting, __ATOMIC_SEQ_CST) < THREADS)
			sched_yield();
		/* With the lock free the first gets it, with the lock held all queue for it. */
		if (held)
			T_OK(futex(&lock, FUTEX_LOCK_PI, 0, NULL, NULL, 0));
		move_all(THREADS);
		if (held) {
			T_EQ(done, 0);
			T_OK(futex(&lock, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0));
		}
		for (int i = 0; i < THREADS; i++)
			T_EQ(pthread_join(t[i], NULL), 0);
		T_EQ(done, THREADS);
		T_EQ(lock & FUTEX_TID_MASK, 0);
	}
	return 0;
}
