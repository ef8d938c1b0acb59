/*
 * a robust PI mutex whose owner is killed goes to the next in line, who hears
 * EOWNERDEAD; one that is not robust says so in its word alone
 */
#include <linux/futex.h>

#include "t.h"

static int word;
static volatile pid_t owner;

static void *dies_with_it(void *arg)
{
	T_OK(syscall(SYS_futex, &word, FUTEX_LOCK_PI, 0, NULL, NULL, 0));
	owner = t_gettid();
	while (!(__atomic_load_n(&word, __ATOMIC_SEQ_CST) & (int)FUTEX_WAITERS))
		sched_yield();
	return arg;
}

static void without_robust_list(void)
{
	pthread_t t;

	T_EQ(pthread_create(&t, NULL, dies_with_it, NULL), 0);
	while (owner == 0)
		sched_yield();
	T_OK(syscall(SYS_futex, &word, FUTEX_LOCK_PI, 0, NULL, NULL, 0));
	T_EQ(word & FUTEX_TID_MASK, t_gettid());
	T_TRUE(word & FUTEX_OWNER_DIED);
	T_OK(syscall(SYS_futex, &word, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0));
	T_EQ(pthread_join(t, NULL), 0);
	T_EQ(word, 0);
}

int main(void)
{
	pthread_mutexattr_t attr;
	pthread_mutex_t *m =
		T_OK(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
	pid_t holder, waiter;
	int p[2];

	without_robust_list();
	pthread_mutexattr_init(&attr);
	pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST);
	pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	pthread_mutexattr_setprotocol(&attr, PTHREAD_PRIO_INHERIT);
	T_EQ(pthread_mutex_init(m, &attr), 0);
	T_OK(pipe(p));
	holder = T_OK(fork());
	if (holder == 0) {
		T_EQ(pthread_mutex_lock(m), 0);
		t_post(p[1]);
		for (;;)
			pause();
	}
	t_take(p[0]);
	waiter = T_OK(fork());
	if (waiter == 0) {
		T_EQ(pthread_mutex_lock(m), EOWNERDEAD);
		T_EQ(pthread_mutex_consistent(m), 0);
		T_EQ(pthread_mutex_unlock(m), 0);
		_exit(0);
	}
	t_await_sleep(waiter);
	T_OK(kill(holder, SIGKILL));
	T_SIGNALED(holder, SIGKILL);
	t_reap(waiter);
	T_EQ(pthread_mutex_lock(m), 0);
	T_EQ(pthread_mutex_unlock(m), 0);
	return 0;
}
