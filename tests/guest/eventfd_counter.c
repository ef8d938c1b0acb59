/* eventfd: writes add, a read takes all, EAGAIN when empty */
#include <sys/eventfd.h>

#include "t.h"

int main(void)
{
	uint64_t v = 0;
	int fd = T_OK(eventfd(3, EFD_NONBLOCK | EFD_CLOEXEC));

	T_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
	v = 4;
	T_EQ(write(fd, &v, 8), 8);
	T_EQ(read(fd, &v, 8), 8);
	T_EQ(v, 7);
	T_ERR(read(fd, &v, 8), EAGAIN);
	v = 0;
	T_EQ(write(fd, &v, 8), 8);
	T_ERR(read(fd, &v, 8), EAGAIN);
	T_ERR(read(fd, &v, 7), EINVAL);
	T_ERR(write(fd, &v, 7), EINVAL);
	v = UINT64_MAX;
	T_ERR(write(fd, &v, 8), EINVAL);
	T_ERR(write(fd, t_badptr(), 8), EFAULT);
	T_ERR(eventfd(0, 0x100), EINVAL);
	return 0;
}
