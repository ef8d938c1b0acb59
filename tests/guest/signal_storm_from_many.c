/*
 * handlers run for signals that several processes send at once, and none is
 * lost to harm
 */
#include "t.h"

#define SENDERS 4
#define EACH    200
static volatile int nr;

static void on_rt(int sig)
{
	nr += sig == SIGRTMIN;
}

int main(void)
{
	pid_t me = getpid(), pid[SENDERS];
	sigset_t none;
	int i, k;

	sigemptyset(&none);
	t_block(SIGRTMIN);
	t_on_signal(SIGRTMIN, on_rt, SA_RESTART);
	for (i = 0; i < SENDERS; i++) {
		pid[i] = T_OK(fork());
		if (pid[i] == 0) {
			for (k = 0; k < EACH; k++)
				T_OK(sigqueue(me, SIGRTMIN, (union sigval){.sival_int = k}));
			_exit(0);
		}
	}
	while (nr < SENDERS * EACH)
		sigsuspend(&none);
	T_EQ(nr, SENDERS * EACH);
	for (i = 0; i < SENDERS; i++)
		t_reap(pid[i]);
	return 0;
}
