/* sigwaitinfo(2) sleeps until a blocked signal arrives, no handler running */
#include "t.h"

static volatile int ran;

static void on_usr(int sig)
{
	ran = sig;
}

int main(void)
{
	pid_t me = getpid(), helper;
	siginfo_t si;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	t_on_signal(SIGUSR1, on_usr, 0);
	t_block(SIGUSR1);
	helper = T_OK(fork());
	if (helper == 0) {
		t_await_sleep(me);
		T_OK(kill(me, SIGUSR1));
		_exit(0);
	}
	T_EQ(sigwaitinfo(&set, &si), SIGUSR1);
	T_EQ(si.si_pid, helper);
	T_EQ(ran, 0);
	t_reap(helper);
	return 0;
}
