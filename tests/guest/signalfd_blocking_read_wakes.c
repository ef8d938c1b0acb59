/* a thread asleep in read of a signalfd wakes when the signal comes */
#include <sys/signalfd.h>

#include "t.h"

int main(void)
{
	struct signalfd_siginfo info;
	pid_t me = getpid(), helper;
	sigset_t set;
	int fd;

	t_block(SIGUSR1);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	fd = T_OK(signalfd(-1, &set, 0));
	helper = T_OK(fork());
	if (helper == 0) {
		t_await_sleep(me);
		T_OK(kill(me, SIGUSR1));
		_exit(0);
	}
	T_EQ(read(fd, &info, sizeof(info)), sizeof(info));
	T_EQ(info.ssi_pid, helper);
	t_reap(helper);
	return 0;
}
