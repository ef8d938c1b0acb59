/*
 * Row 46: daemons that ignore signals, change session and fork away end with
 * the sandbox (the runner looks)
 */
#include "a.h"

static void daemonize(int depth)
{
	int sig;

	for (sig = 1; sig < 65; sig++)
		signal(sig, SIG_IGN);
	setsid();
	while (depth > 0 && fork() == 0)
		depth--;
	for (;;) {
		if (depth % 2)
			pause();
		else
			sched_yield();
	}
}

int main(void)
{
	int p[2], i;

	T_OK(pipe(p));
	for (i = 0; i < 3; i++)
		if (T_OK(fork()) == 0) {
			t_post(p[1]);
			daemonize(2);
		}
	for (i = 0; i < 3; i++)
		t_take(p[0]);
	return 0;
}
