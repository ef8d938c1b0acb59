/* a signal outside the set, with a handler, ends sigwaitinfo(2) with EINTR */
#include "t.h"

int main(void)
{
	pid_t me = getpid(), helper;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	t_block(SIGUSR1);
	t_on_signal(SIGUSR2, t_ignore_signal, SA_RESTART);
	helper = T_OK(fork());
	if (helper == 0) {
		t_await_sleep(me);
		T_OK(kill(me, SIGUSR2));
		_exit(0);
	}
	T_ERR(sigwaitinfo(&set, NULL), EINTR);
	t_reap(helper);
	return 0;
}
