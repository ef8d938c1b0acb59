/* a robust mutex whose owner dies is handed on with EOWNERDEAD */
#include "t.h"

static void *owner(void *arg)
{
	T_EQ(pthread_mutex_lock(arg), 0);
	return NULL;
}

int main(void)
{
	pthread_mutexattr_t attr;
	pthread_mutex_t *m =
		T_OK(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
	pthread_t t;
	pid_t pid;

	pthread_mutexattr_init(&attr);
	pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST);
	pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	T_EQ(pthread_mutex_init(m, &attr), 0);
	T_EQ(pthread_create(&t, NULL, owner, m), 0);
	T_EQ(pthread_join(t, NULL), 0);
	T_EQ(pthread_mutex_lock(m), EOWNERDEAD);
	T_EQ(pthread_mutex_consistent(m), 0);
	T_EQ(pthread_mutex_unlock(m), 0);
	pid = T_OK(fork());
	if (pid == 0) {
		pthread_mutex_lock(m);
		raise(SIGKILL);
	}
	T_SIGNALED(pid, SIGKILL);
	T_EQ(pthread_mutex_lock(m), EOWNERDEAD);
	return 0;
}
