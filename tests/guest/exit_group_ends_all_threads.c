/* exit_group(2) ends the other threads wherever they are */
#include "t.h"

static void *sleeper(void *arg)
{
	pause();
	return arg;
}

static void *spinner(void *arg)
{
	volatile int *n = arg;

	for (;;)
		(*n)++;
	return NULL;
}

int main(void)
{
	static volatile int n;
	pthread_t a, b;
	pid_t pid = T_OK(fork());

	if (pid == 0) {
		T_EQ(pthread_create(&a, NULL, sleeper, NULL), 0);
		T_EQ(pthread_create(&b, NULL, spinner, (void *)(uintptr_t)&n), 0);
		while (n == 0)
			sched_yield();
		syscall(SYS_exit_group, 9);
	}
	T_EXITED(pid, 9);
	return 0;
}
