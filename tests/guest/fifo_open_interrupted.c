/* a signal ends the wait in open of a fifo with EINTR, or restarts it */
#include "t.h"

int main(void)
{
	pid_t pid;

	T_OK(mkfifo("p", 0644));
	pid = T_OK(fork());
	if (pid == 0) {
		t_on_signal(SIGUSR1, t_ignore_signal, 0);
		T_ERR(open("p", O_RDONLY), EINTR);
		_exit(0);
	}
	t_await_sleep(pid);
	T_OK(kill(pid, SIGUSR1));
	t_reap(pid);
	return 0;
}
