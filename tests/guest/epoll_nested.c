/*
 * an epoll may watch an epoll: readable when one of its own is; rings are
 * ELOOP
 */
#include <sys/epoll.h>

#include "t.h"

int main(void)
{
	struct epoll_event ev = {.events = EPOLLIN}, out;
	int p[2], a = T_OK(epoll_create1(0)), b = T_OK(epoll_create1(0));

	T_OK(pipe(p));
	T_OK(epoll_ctl(a, EPOLL_CTL_ADD, p[0], &ev));
	T_OK(epoll_ctl(b, EPOLL_CTL_ADD, a, &ev));
	T_EQ(epoll_wait(b, &out, 1, 0), 0);
	t_post(p[1]);
	T_EQ(epoll_wait(b, &out, 1, -1), 1);
	T_ERR(epoll_ctl(a, EPOLL_CTL_ADD, b, &ev), ELOOP);
	t_take(p[0]);
	T_EQ(epoll_wait(b, &out, 1, 0), 0);
	return 0;
}
