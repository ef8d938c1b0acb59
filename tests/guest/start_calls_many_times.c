/*
 * what a program asks and says at its start is true however often it does, and
 * whoever changes it: limits, the end of the heap, robust list and thread's address
 */
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "t.h"

#define TIMES 20 /* the last of them come a short way, if there is one */

struct shared {
	int phase, word;
	pthread_mutex_t mu;
};

static struct shared *sh;

static long call(long nr, long a, long b, long c, long d)
{
	long ret = 0;

	for (int i = 0; i < TIMES; i++)
		ret = syscall(nr, a, b, c, d);
	return ret;
}

static void await(int phase)
{
	while (__atomic_load_n(&sh->phase, __ATOMIC_ACQUIRE) != phase)
		sched_yield();
}

static void enter(int phase)
{
	__atomic_store_n(&sh->phase, phase, __ATOMIC_RELEASE);
}

static unsigned long soft(int resource)
{
	struct rlimit lim = {1, 1};

	T_EQ(call(SYS_prlimit64, 0, resource, 0, (long)&lim), 0);
	return lim.rlim_cur;
}

static void limits(void)
{
	struct rlimit lim;
	pid_t pid;

	T_OK(getrlimit(RLIMIT_CORE, &lim));
	T_EQ(soft(RLIMIT_CORE), lim.rlim_cur);
	T_EQ(call(SYS_prlimit64, getpid(), RLIMIT_CORE, 0, (long)&lim), 0);
	lim.rlim_cur = 0;
	T_OK(setrlimit(RLIMIT_CORE, &lim));
	T_EQ(soft(RLIMIT_CORE), 0);
	T_EQ(call(SYS_prlimit64, 0, 16, 0, (long)&lim), -1);
	T_EQ(errno, EINVAL);
	T_EQ(call(SYS_prlimit64, 0, -1, 0, (long)&lim), -1);
	T_EQ(errno, EINVAL);
	T_EQ(call(SYS_prlimit64, 0, RLIMIT_CORE, 0, 0), 0);
	T_EQ(call(SYS_prlimit64, 0, RLIMIT_CORE, 0, 8), -1);
	T_EQ(errno, EFAULT);

	pid = T_OK(fork());
	if (pid == 0) {
		for (int i = 0; i < 50; i++) {
			await(2 * i + 1);
			T_EQ(soft(RLIMIT_NICE), (unsigned long)i);
			enter(2 * i + 2);
		}
		_exit(0);
	}
	for (int i = 0; i < 50; i++) {
		struct rlimit to = {(rlim_t)i, 50};

		if (prlimit(pid, RLIMIT_NICE, &to, NULL)) {
			/* Not for those who may not raise it from 0. */
			T_EQ(errno, EPERM);
			T_OK(kill(pid, SIGKILL));
			T_SIGNALED(pid, SIGKILL);
			return;
		}
		enter(2 * i + 1);
		await(2 * i + 2);
	}
	T_EXITED(pid, 0);
}

static void *grow(void *arg)
{
	return (void *)call(SYS_brk, (long)arg, 0, 0, 0);
}

static void heap(void)
{
	long now = call(SYS_brk, 0, 0, 0, 0);
	pthread_t t;
	void *got;

	for (int i = 0; i < TIMES; i++) {
		T_EQ(syscall(SYS_brk, now + 4096), now + 4096);
		T_EQ(syscall(SYS_brk, 0), now + 4096);
		now += 4096;
	}
	T_EQ(pthread_create(&t, NULL, grow, (void *)(now + 8192)), 0);
	T_EQ(pthread_join(t, &got), 0);
	T_EQ((long)got, now + 8192);
	T_EQ(call(SYS_brk, 0, 0, 0, 0), now + 8192);
	T_EQ(syscall(SYS_brk, now), now);
	T_EQ(call(SYS_brk, 0, 0, 0, 0), now);
}

static void say_again(void)
{
	long list = 0, len = 0, got = 0;

	T_OK(syscall(SYS_get_robust_list, 0, &list, &len));
	T_EQ(call(SYS_set_robust_list, 64, len, 0, 0), 0);
	T_OK(syscall(SYS_get_robust_list, 0, &got, &len));
	T_EQ(got, 64);
	T_EQ(call(SYS_set_robust_list, list, len + 1, 0, 0), -1);
	T_EQ(errno, EINVAL);
	T_EQ(call(SYS_set_robust_list, list, len, 0, 0), 0);
}

static void *thread(void *arg)
{
	long list, len;
	pid_t pid;

	say_again();
	/* A child has none of its own making yet. */
	T_OK(syscall(SYS_get_robust_list, 0, &list, &len));
	pid = T_OK((pid_t)syscall(SYS_fork));
	if (pid == 0) {
		long got = 1;

		if (syscall(SYS_get_robust_list, 0, &got, &len) || got)
			_exit(1);
		_exit(0);
	}
	T_EXITED(pid, 0);
	/* Its end is told where it said last. */
	T_EQ(call(SYS_set_tid_address, (long)&sh->word, 0, 0, 0), syscall(SYS_gettid));
	T_OK(prctl(PR_GET_TID_ADDRESS, &list));
	T_EQ(list, (long)&sh->word);
	syscall(SYS_exit, 0);
	return arg;
}

static void lists(void)
{
	pthread_mutexattr_t attr;
	pthread_t t;

	sh->word = 1;
	T_EQ(pthread_create(&t, NULL, thread, NULL), 0);
	while (__atomic_load_n(&sh->word, __ATOMIC_ACQUIRE))
		syscall(SYS_futex, &sh->word, FUTEX_WAIT, 1, NULL, NULL, 0);

	pthread_mutexattr_init(&attr);
	pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST);
	pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	T_EQ(pthread_mutex_init(&sh->mu, &attr), 0);
	for (int how = 0; how < 2; how++) {
		pid_t pid = T_OK(fork());

		if (pid == 0) {
			say_again();
			T_EQ(pthread_mutex_lock(&sh->mu), 0);
			if (how)
				_exit(0);
			raise(SIGKILL);
		}
		if (how)
			T_EXITED(pid, 0);
		else
			T_SIGNALED(pid, SIGKILL);
		T_EQ(pthread_mutex_lock(&sh->mu), EOWNERDEAD);
		T_EQ(pthread_mutex_consistent(&sh->mu), 0);
		T_EQ(pthread_mutex_unlock(&sh->mu), 0);
	}
}

int main(void)
{
	sh = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	T_TRUE(sh != MAP_FAILED);
	limits();
	heap();
	lists();
	return 0;
}
