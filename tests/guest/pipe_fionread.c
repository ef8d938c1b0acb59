/* FIONREAD counts the bytes in a pipe */
#include <sys/ioctl.h>

#include "t.h"

int main(void)
{
	int p[2], n = -1;

	T_OK(pipe(p));
	T_OK(ioctl(p[0], FIONREAD, &n));
	T_EQ(n, 0);
	T_EQ(write(p[1], "hello", 5), 5);
	T_OK(ioctl(p[0], FIONREAD, &n));
	T_EQ(n, 5);
	T_ERR(ioctl(p[0], TIOCGWINSZ, &n), ENOTTY);
	T_ERR(ioctl(-1, FIONREAD, &n), EBADF);
	return 0;
}
