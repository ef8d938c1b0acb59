/* timerfd: unknown clock, flags, descriptors of another kind, bad times */
#include <sys/timerfd.h>

#include "t.h"

int main(void)
{
	struct itimerspec it = {{0, 0}, {0, 1000000000}};
	int fd = T_OK(timerfd_create(CLOCK_REALTIME, 0));

	T_ERR(timerfd_create(999, 0), EINVAL);
	T_ERR(timerfd_create(CLOCK_MONOTONIC, 1), EINVAL);
	T_ERR(timerfd_settime(fd, 0, &it, NULL), EINVAL);
	it.it_value.tv_nsec = 0;
	T_ERR(timerfd_settime(fd, 0x80, &it, NULL), EINVAL);
	T_ERR(timerfd_settime(0, 0, &it, NULL), EINVAL);
	T_ERR(timerfd_settime(99, 0, &it, NULL), EBADF);
	T_ERR(timerfd_gettime(99, &it), EBADF);
	T_ERR(syscall(SYS_timerfd_settime, fd, 0, t_badptr(), NULL), EFAULT);
	return 0;
}
