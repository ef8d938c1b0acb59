/* pause(2) returns EINTR after a handler, whatever SA_RESTART says */
#include "t.h"

int main(void)
{
	pid_t me = getpid(), helper;

	t_on_signal(SIGUSR1, t_ignore_signal, SA_RESTART);
	helper = T_OK(fork());
	if (helper == 0) {
		t_await_sleep(me);
		T_OK(kill(me, SIGUSR1));
		_exit(0);
	}
	T_ERR(pause(), EINTR);
	t_reap(helper);
	return 0;
}
