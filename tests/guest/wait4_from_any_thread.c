/*
 * a thread may wait for a child that another thread made; __WNOTHREAD forbids
 * it
 */
#include "t.h"

static pid_t pid;

static void *waiter(void *arg)
{
	int status;

	T_ERR(waitpid(pid, &status, __WNOTHREAD), ECHILD);
	T_EQ(waitpid(pid, &status, 0), pid);
	return arg;
}

int main(void)
{
	pthread_t t;

	pid = T_OK(fork());
	if (pid == 0)
		_exit(0);
	T_EQ(pthread_create(&t, NULL, waiter, NULL), 0);
	T_EQ(pthread_join(t, NULL), 0);
	return 0;
}
