/*
 * /dev/ptmx gives a master; unlocked, its slave opens by name; both are
 * terminals
 */
#include <sys/ioctl.h>

#include "t.h"

int main(void)
{
	char name[64];
	unsigned n = 999;
	int zero = 0, m = T_OK(open("/dev/ptmx", O_RDWR | O_NOCTTY)), s;

	T_OK(ioctl(m, TIOCGPTN, &n));
	snprintf(name, sizeof(name), "/dev/pts/%u", n);
	T_ERR(open(name, O_RDWR | O_NOCTTY), EIO);
	T_OK(ioctl(m, TIOCSPTLCK, &zero));
	s = T_OK(open(name, O_RDWR | O_NOCTTY));
	T_EQ(isatty(m), 1);
	T_EQ(isatty(s), 1);
	T_STR(ptsname(m), name);
	T_OK(close(m));
	T_ERR(open(name, O_RDWR | O_NOCTTY), ENOENT);
	return 0;
}
