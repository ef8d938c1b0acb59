/* the death of a lock's owner wakes another process that waits for it */
#include "t.h"

int main(void)
{
	pthread_mutexattr_t attr;
	pthread_mutex_t *m =
		T_OK(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
	pid_t holder, waiter;
	int p[2];

	pthread_mutexattr_init(&attr);
	pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST);
	pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
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
	if (waiter == 0)
		_exit(pthread_mutex_lock(m) == EOWNERDEAD ? 0 : 1);
	t_await_sleep(waiter);
	T_OK(kill(holder, SIGKILL));
	T_SIGNALED(holder, SIGKILL);
	t_reap(waiter);
	return 0;
}
