/* timerfd: reads give how often it expired; EAGAIN before; polls when ready */
#include <sys/timerfd.h>

#include "t.h"

int main(void)
{
	struct itimerspec it = {{0, 1000000}, {0, 1000000}}, now;
	struct pollfd pfd;
	uint64_t n = 0;
	int fd = T_OK(timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC));

	pfd = (struct pollfd){.fd = fd, .events = POLLIN};
	T_ERR(read(fd, &n, 8), EAGAIN);
	T_EQ(poll(&pfd, 1, 0), 0);
	T_OK(timerfd_settime(fd, 0, &it, NULL));
	T_EQ(poll(&pfd, 1, -1), 1);
	usleep(3000);
	T_EQ(read(fd, &n, 8), 8);
	T_GE(n, 2);
	T_OK(timerfd_gettime(fd, &now));
	T_EQ(now.it_interval.tv_nsec, 1000000);
	T_LE(now.it_value.tv_nsec, 1000000);
	T_ERR(read(fd, &n, 4), EINVAL);
	it = (struct itimerspec){{0, 0}, {0, 0}};
	T_OK(timerfd_settime(fd, 0, &it, &now));
	T_EQ(now.it_interval.tv_nsec, 1000000);
	T_ERR(read(fd, &n, 8), EAGAIN);
	return 0;
}
