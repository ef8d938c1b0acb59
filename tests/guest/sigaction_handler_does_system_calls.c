/*
 * a handler that forks, waits, writes and sleeps, in the middle of a blocked
 * read that restarts
 */
#include "t.h"

static int p[2];

static void on_usr(int sig)
{
	struct timespec ts = {0, 1000000};
	pid_t pid = T_OK(fork());

	if (pid == 0)
		_exit(sig == SIGUSR1 ? 4 : 5);
	T_EXITED(pid, 4);
	T_OK(nanosleep(&ts, NULL));
	t_post(p[1]);
}

int main(void)
{
	pid_t me = getpid(), helper;
	char c;

	T_OK(pipe(p));
	t_on_signal(SIGUSR1, on_usr, SA_RESTART);
	helper = T_OK(fork());
	if (helper == 0) {
		t_await_sleep(me);
		T_OK(kill(me, SIGUSR1));
		_exit(0);
	}
	T_EQ(read(p[0], &c, 1), 1);
	t_reap(helper);
	return 0;
}
