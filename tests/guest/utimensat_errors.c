/* utimensat(2): bad nanoseconds, nothing there, bad address */
#include "t.h"

int main(void)
{
	struct timespec ts[2] = {{0, 1000000000}, {0, 0}};

	t_write_file("f", "x");
	T_ERR(utimensat(AT_FDCWD, "f", ts, 0), EINVAL);
	ts[0].tv_nsec = 0;
	T_ERR(utimensat(AT_FDCWD, "absent", ts, 0), ENOENT);
	T_ERR(utimensat(AT_FDCWD, "f", ts, 0x4000), EINVAL);
	T_ERR(syscall(SYS_utimensat, AT_FDCWD, "f", t_badptr(), 0), EFAULT);
	T_ERR(syscall(SYS_utimensat, -1, NULL, ts, 0), EBADF);
	return 0;
}
