/*
 * closing the last descriptor of a file takes it out of every epoll, a
 * duplicate keeps it
 */
#include <sys/epoll.h>

#include "t.h"

int main(void)
{
	struct epoll_event ev = {.events = EPOLLIN}, out;
	int p[2], copy, ep = T_OK(epoll_create1(0));

	T_OK(pipe(p));
	t_post(p[1]);
	T_OK(epoll_ctl(ep, EPOLL_CTL_ADD, p[0], &ev));
	copy = T_OK(dup(p[0]));
	T_OK(close(p[0]));
	T_EQ(epoll_wait(ep, &out, 1, 0), 1);
	T_OK(close(copy));
	T_EQ(epoll_wait(ep, &out, 1, 0), 0);
	return 0;
}
