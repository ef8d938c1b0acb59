/*
 * a session leader without a terminal gets one by opening it; O_NOCTTY does
 * not; TIOCNOTTY gives it up
 */
#include <pty.h>
#include <sys/ioctl.h>

#include "t.h"

int main(void)
{
	char name[64];
	int m, s, fd;
	pid_t pid;

	T_OK(openpty(&m, &s, name, NULL, NULL));
	pid = T_OK(fork());
	if (pid == 0) {
		T_OK(setsid());
		T_OK(close(s));
		s = T_OK(open(name, O_RDWR | O_NOCTTY));
		T_ERR(open("/dev/tty", O_RDWR), ENXIO);
		T_ERR(tcgetpgrp(s), ENOTTY);
		fd = T_OK(open(name, O_RDWR));
		T_OK(open("/dev/tty", O_RDWR));
		T_EQ(tcgetpgrp(s), getpid());
		T_EQ(tcgetsid(s), getpid());
		t_on_signal(SIGHUP, SIG_IGN, 0);
		T_OK(ioctl(fd, TIOCNOTTY));
		T_ERR(open("/dev/tty", O_RDWR), ENXIO);
		T_OK(ioctl(fd, TIOCSCTTY, 0));
		T_OK(open("/dev/tty", O_RDWR));
		_exit(0);
	}
	t_reap(pid);
	return 0;
}
