/* dup3(2): O_CLOEXEC, onto itself EINVAL, unknown flags EINVAL */
#include "t.h"

int main(void)
{
	T_EQ(dup3(0, 20, O_CLOEXEC), 20);
	T_EQ(fcntl(20, F_GETFD), FD_CLOEXEC);
	T_EQ(dup3(0, 20, 0), 20);
	T_EQ(fcntl(20, F_GETFD), 0);
	T_ERR(dup3(0, 0, 0), EINVAL);
	T_ERR(dup3(0, 21, O_NONBLOCK), EINVAL);
	T_ERR(dup3(99, 21, 0), EBADF);
	T_ERR(dup3(0, 1 << 30, 0), EBADF);
	return 0;
}
