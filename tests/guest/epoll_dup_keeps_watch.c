/* an open file stays watched while any descriptor of it is open, under its first number */
#include <sys/epoll.h>

#include "t.h"

int main(void)
{
	struct epoll_event ev = {.events = EPOLLIN};
	int ep = T_OK(epoll_create1(0)), p[2], copy;

	T_OK(pipe(p));
	ev.data.fd = p[0];
	T_OK(epoll_ctl(ep, EPOLL_CTL_ADD, p[0], &ev));
	copy = T_OK(dup(p[0]));
	T_OK(close(p[0]));
	t_post(p[1]);
	T_EQ(epoll_wait(ep, &ev, 1, 0), 1);
	T_EQ(ev.data.fd, p[0]);
	T_ERR(epoll_ctl(ep, EPOLL_CTL_DEL, copy, NULL), ENOENT);
	T_ERR(epoll_ctl(ep, EPOLL_CTL_DEL, p[0], NULL), EBADF);
	T_OK(close(copy));
	T_EQ(epoll_wait(ep, &ev, 1, 0), 0);
	return 0;
}
