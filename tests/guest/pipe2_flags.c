/*
 * pipe2(2): O_CLOEXEC and O_NONBLOCK on both ends, unknown flags, bad address
 */
#include "t.h"

int main(void)
{
	int p[2];

	T_OK(pipe2(p, O_CLOEXEC | O_NONBLOCK));
	T_EQ(fcntl(p[0], F_GETFD), FD_CLOEXEC);
	T_EQ(fcntl(p[1], F_GETFD), FD_CLOEXEC);
	T_EQ(fcntl(p[0], F_GETFL), O_RDONLY | O_NONBLOCK);
	T_EQ(fcntl(p[1], F_GETFL), O_WRONLY | O_NONBLOCK);
	T_ERR(pipe2(p, O_APPEND), EINVAL);
	T_ERR(pipe(t_badptr()), EFAULT);
	T_EQ(open(".", O_RDONLY), p[1] + 1);
	return 0;
}
