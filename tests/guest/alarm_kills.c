/* SIGALRM ends a process that does nothing about it */
#include "t.h"

int main(void)
{
	struct itimerval it = {{0, 0}, {0, 1000}};
	pid_t pid = T_OK(fork());

	if (pid == 0) {
		T_OK(setitimer(ITIMER_REAL, &it, NULL));
		for (;;)
			pause();
	}
	T_SIGNALED(pid, SIGALRM);
	return 0;
}
