/*
 * epoll_wait(2): no room, too much room, no epoll, bad address;
 * epoll_create(2) of 0
 */
#include <sys/epoll.h>

#include "t.h"

int main(void)
{
	struct epoll_event ev;
	int p[2], ep = T_OK(epoll_create1(0));

	T_OK(pipe(p));
	T_ERR(epoll_wait(ep, &ev, 0, 0), EINVAL);
	T_ERR(epoll_wait(ep, &ev, -1, 0), EINVAL);
	T_ERR(epoll_wait(ep, &ev, INT_MAX, 0), EINVAL);
	T_ERR(epoll_wait(p[0], &ev, 1, 0), EINVAL);
	T_ERR(epoll_wait(99, &ev, 1, 0), EBADF);
	ev.events = EPOLLOUT;
	T_OK(epoll_ctl(ep, EPOLL_CTL_ADD, p[1], &ev));
	T_ERR(syscall(SYS_epoll_wait, ep, t_badptr(), 1, 0), EFAULT);
	T_ERR(epoll_create(0), EINVAL);
	T_ERR(epoll_create1(1), EINVAL);
	T_OK(epoll_create(5));
	return 0;
}
