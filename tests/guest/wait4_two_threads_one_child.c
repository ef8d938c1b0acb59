/* of two threads that wait for one child, one gets it and the other ECHILD */
#include "t.h"

static pid_t pid;
static volatile int got, missed, waiting;

static void *waiter(void *arg)
{
	__atomic_add_fetch(&waiting, 1, __ATOMIC_SEQ_CST);
	if (waitpid(pid, NULL, 0) == pid)
		__atomic_add_fetch(&got, 1, __ATOMIC_SEQ_CST);
	else if (errno == ECHILD)
		__atomic_add_fetch(&missed, 1, __ATOMIC_SEQ_CST);
	return arg;
}

int main(void)
{
	pthread_t a, b;

	pid = T_OK(fork());
	if (pid == 0)
		for (;;)
			pause();
	T_EQ(pthread_create(&a, NULL, waiter, NULL), 0);
	T_EQ(pthread_create(&b, NULL, waiter, NULL), 0);
	while (waiting < 2)
		sched_yield();
	T_OK(kill(pid, SIGKILL));
	T_EQ(pthread_join(a, NULL), 0);
	T_EQ(pthread_join(b, NULL), 0);
	T_EQ(got, 1);
	T_EQ(missed, 1);
	return 0;
}
