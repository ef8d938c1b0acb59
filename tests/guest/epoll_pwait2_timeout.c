/* epoll_pwait2(2) takes a time in nanoseconds */
#include <sys/epoll.h>

#include "t.h"

int main(void)
{
	struct timespec ts = {0, 2000000}, bad = {0, -1};
	struct epoll_event out;
	int64_t start = t_now(CLOCK_MONOTONIC);
	int ep = T_OK(epoll_create1(0));

	T_EQ(syscall(SYS_epoll_pwait2, ep, &out, 1, &ts, NULL, 0), 0);
	T_GE(t_now(CLOCK_MONOTONIC) - start, 2000000);
	T_ERR(syscall(SYS_epoll_pwait2, ep, &out, 1, &bad, NULL, 0), EINVAL);
	return 0;
}
