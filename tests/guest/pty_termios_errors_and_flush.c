/*
 * TCGETS of a file is ENOTTY; TCFLSH throws input away; FIONREAD and TIOCOUTQ
 * count
 */
#include <pty.h>
#include <sys/ioctl.h>
#include <termios.h>

#include "t.h"

int main(void)
{
	struct termios t;
	struct pollfd pfd;
	int m, s, n = -1, fd = T_OK(open("f", O_RDWR | O_CREAT, 0644));

	T_ERR(tcgetattr(fd, &t), ENOTTY);
	T_ERR(ioctl(fd, TIOCGPTN, &n), ENOTTY);
	T_OK(openpty(&m, &s, NULL, NULL, NULL));
	T_EQ(write(m, "line\n", 5), 5);
	pfd = (struct pollfd){.fd = s, .events = POLLIN};
	T_EQ(poll(&pfd, 1, -1), 1);
	T_OK(ioctl(s, FIONREAD, &n));
	T_EQ(n, 5);
	T_OK(tcflush(s, TCIFLUSH));
	T_OK(ioctl(s, FIONREAD, &n));
	T_EQ(n, 0);
	T_ERR(ioctl(s, TCGETS, t_badptr()), EFAULT);
	T_ERR(ioctl(s, 0x1234, 0), ENOTTY);
	return 0;
}
