/*
 * epoll: level triggered events come as long as the state lasts, with the
 * caller's data
 */
#include <sys/epoll.h>

#include "t.h"

int main(void)
{
	struct epoll_event ev = {.events = EPOLLIN, .data = {.u64 = 0x123456789abcdef}}, out[4];
	int p[2], ep = T_OK(epoll_create1(EPOLL_CLOEXEC));

	T_EQ(fcntl(ep, F_GETFD), FD_CLOEXEC);
	T_OK(pipe(p));
	T_OK(epoll_ctl(ep, EPOLL_CTL_ADD, p[0], &ev));
	T_EQ(epoll_wait(ep, out, 4, 0), 0);
	t_post(p[1]);
	T_EQ(epoll_wait(ep, out, 4, -1), 1);
	T_EQ(epoll_wait(ep, out, 4, -1), 1);
	T_EQ(out[0].events, EPOLLIN);
	T_EQ(out[0].data.u64, 0x123456789abcdef);
	t_take(p[0]);
	T_EQ(epoll_wait(ep, out, 4, 0), 0);
	T_OK(close(p[1]));
	T_EQ(epoll_wait(ep, out, 4, 0), 1);
	T_EQ(out[0].events, EPOLLHUP);
	return 0;
}
