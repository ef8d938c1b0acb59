/* signalfd(2) on an existing descriptor changes which signals it gives */
#include <sys/signalfd.h>

#include "t.h"

int main(void)
{
	struct signalfd_siginfo info;
	sigset_t set;
	int fd;

	t_block(SIGUSR1);
	t_block(SIGUSR2);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	fd = T_OK(signalfd(-1, &set, SFD_NONBLOCK));
	T_OK(raise(SIGUSR2));
	T_ERR(read(fd, &info, sizeof(info)), EAGAIN);
	sigaddset(&set, SIGUSR2);
	T_EQ(signalfd(fd, &set, 0), fd);
	T_EQ(read(fd, &info, sizeof(info)), sizeof(info));
	T_EQ(info.ssi_signo, SIGUSR2);
	return 0;
}
