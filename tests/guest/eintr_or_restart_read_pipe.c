/* read of a pipe: EINTR without SA_RESTART, goes on with it */
#include "t.h"

static volatile int nr;
static int p[2];

static void on_usr(int sig)
{
	T_EQ(sig, SIGUSR1);
	nr++;
}

static void post_after_signal(int sig)
{
	T_EQ(sig, SIGUSR2);
	nr++;
	t_post(p[1]);
}

static pid_t send_when_asleep(int sig)
{
	pid_t me = getpid(), pid = T_OK(fork());

	if (pid == 0) {
		t_await_sleep(me);
		T_OK(kill(me, sig));
		_exit(0);
	}
	return pid;
}

int main(void)
{
	pid_t helper;
	char c;

	T_OK(pipe(p));
	t_on_signal(SIGUSR1, on_usr, 0);
	t_on_signal(SIGUSR2, post_after_signal, SA_RESTART);
	helper = send_when_asleep(SIGUSR1);
	T_ERR(read(p[0], &c, 1), EINTR);
	T_EQ(nr, 1);
	t_reap(helper);
	helper = send_when_asleep(SIGUSR2);
	T_EQ(read(p[0], &c, 1), 1);
	T_EQ(nr, 2);
	t_reap(helper);
	return 0;
}
