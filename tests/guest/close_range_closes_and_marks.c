/*
 * close_range(2): a range, a range to the end, close-on-exec instead, bad
 * arguments
 */
#include <linux/close_range.h>

#include "t.h"

int main(void)
{
	int i;

	for (i = 10; i < 20; i++)
		T_OK(dup2(0, i));
	T_OK(syscall(SYS_close_range, 12, 14, 0));
	for (i = 10; i < 20; i++)
		T_EQ(fcntl(i, F_GETFD), i >= 12 && i <= 14 ? -1 : 0);
	T_OK(syscall(SYS_close_range, 16, 17, CLOSE_RANGE_CLOEXEC));
	T_EQ(fcntl(15, F_GETFD), 0);
	T_EQ(fcntl(16, F_GETFD), FD_CLOEXEC);
	T_OK(syscall(SYS_close_range, 15, ~0U, 0));
	T_ERR(fcntl(15, F_GETFD), EBADF);
	T_ERR(fcntl(19, F_GETFD), EBADF);
	T_EQ(fcntl(11, F_GETFD), 0);
	T_ERR(syscall(SYS_close_range, 5, 4, 0), EINVAL);
	T_ERR(syscall(SYS_close_range, 5, 6, 64), EINVAL);
	return 0;
}
