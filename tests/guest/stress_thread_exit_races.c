/* threads that end while the process ends, many times */
#include "t.h"

static void *run(void *arg)
{
	if (arg)
		sched_yield();
	return arg;
}

int main(void)
{
	pthread_t t[8];
	int i, k;
	pid_t pid;

	for (i = 0; i < 25; i++) {
		pid = T_OK(fork());
		if (pid == 0) {
			for (k = 0; k < 8; k++)
				T_EQ(pthread_create(&t[k], NULL, run, k % 2 ? &t : NULL), 0);
			_exit(i);
		}
		T_EXITED(pid, i);
	}
	return 0;
}
