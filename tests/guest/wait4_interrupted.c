/*
 * a signal with a handler ends the wait with EINTR; with SA_RESTART it goes on
 */
#include "t.h"

static volatile sig_atomic_t calls;
static pid_t child;

static void on_usr(int sig)
{
	calls = sig;
}

static void on_restart(int sig)
{
	calls = sig;
	kill(child, SIGKILL);
}

int main(void)
{
	int status;
	pid_t me = getpid(), helper;

	child = T_OK(fork());
	if (child == 0)
		for (;;)
			pause();
	t_on_signal(SIGUSR1, on_usr, 0);
	t_on_signal(SIGUSR2, on_restart, SA_RESTART);
	helper = T_OK(fork());
	if (helper == 0) {
		t_await_sleep(me);
		T_OK(kill(me, SIGUSR1));
		_exit(0);
	}
	T_ERR(waitpid(child, &status, 0), EINTR);
	T_EQ(calls, SIGUSR1);
	t_reap(helper);
	helper = T_OK(fork());
	if (helper == 0) {
		t_await_sleep(me);
		T_OK(kill(me, SIGUSR2));
		_exit(0);
	}
	T_EQ(waitpid(child, &status, 0), child);
	T_EQ(calls, SIGUSR2);
	t_reap(helper);
	return 0;
}
