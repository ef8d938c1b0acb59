/* EPOLLONESHOT tells once and is asleep until EPOLL_CTL_MOD */
#include <sys/epoll.h>

#include "t.h"

int main(void)
{
	struct epoll_event ev = {.events = EPOLLIN | EPOLLONESHOT}, out;
	int p[2], ep = T_OK(epoll_create1(0));

	T_OK(pipe(p));
	T_OK(epoll_ctl(ep, EPOLL_CTL_ADD, p[0], &ev));
	t_post(p[1]);
	T_EQ(epoll_wait(ep, &out, 1, 0), 1);
	t_post(p[1]);
	T_EQ(epoll_wait(ep, &out, 1, 0), 0);
	T_OK(epoll_ctl(ep, EPOLL_CTL_MOD, p[0], &ev));
	T_EQ(epoll_wait(ep, &out, 1, 0), 1);
	return 0;
}
