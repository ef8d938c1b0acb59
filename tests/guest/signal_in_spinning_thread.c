/* a handler runs in a program that makes no system call */
#include "t.h"

static volatile int ran;

static void on_usr(int sig)
{
	ran = sig;
}

int main(void)
{
	pid_t me = getpid(), pid;
	volatile long n = 0;

	t_on_signal(SIGUSR1, on_usr, 0);
	pid = T_OK(fork());
	if (pid == 0) {
		T_OK(kill(me, SIGUSR1));
		_exit(0);
	}
	while (!ran)
		n++;
	T_EQ(ran, SIGUSR1);
	t_reap(pid);
	return 0;
}
