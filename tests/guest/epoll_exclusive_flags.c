/* EPOLLEXCLUSIVE is for adding only, and for few events */
#include <sys/epoll.h>

#include "t.h"

int main(void)
{
	struct epoll_event ev = {.events = EPOLLIN | EPOLLEXCLUSIVE}, out;
	int p[2], ep = T_OK(epoll_create1(0));

	T_OK(pipe(p));
	T_OK(epoll_ctl(ep, EPOLL_CTL_ADD, p[0], &ev));
	T_ERR(epoll_ctl(ep, EPOLL_CTL_MOD, p[0], &ev), EINVAL);
	ev.events = EPOLLIN | EPOLLEXCLUSIVE | EPOLLONESHOT;
	T_ERR(epoll_ctl(ep, EPOLL_CTL_ADD, p[1], &ev), EINVAL);
	t_post(p[1]);
	T_EQ(epoll_wait(ep, &out, 1, 0), 1);
	return 0;
}
