/* a thread may fork: the child has that thread only */
#include "t.h"

static void *forker(void *arg)
{
	pid_t pid = T_OK(fork());

	if (pid == 0) {
		T_EQ(t_gettid(), getpid());
		_exit(0);
	}
	t_reap(pid);
	return arg;
}

int main(void)
{
	pthread_t t[4];
	int i;

	for (i = 0; i < 4; i++)
		T_EQ(pthread_create(&t[i], NULL, forker, NULL), 0);
	for (i = 0; i < 4; i++)
		T_EQ(pthread_join(t[i], NULL), 0);
	return 0;
}
