/* epoll_ctl(2): twice, absent, itself, files, bad descriptors and operations */
#include <sys/epoll.h>

#include "t.h"

int main(void)
{
	struct epoll_event ev = {.events = EPOLLIN};
	int p[2], ep = T_OK(epoll_create1(0)), file = T_OK(open("f", O_RDWR | O_CREAT, 0644));

	T_OK(pipe(p));
	T_OK(epoll_ctl(ep, EPOLL_CTL_ADD, p[0], &ev));
	T_ERR(epoll_ctl(ep, EPOLL_CTL_ADD, p[0], &ev), EEXIST);
	T_ERR(epoll_ctl(ep, EPOLL_CTL_MOD, p[1], &ev), ENOENT);
	T_ERR(epoll_ctl(ep, EPOLL_CTL_DEL, p[1], &ev), ENOENT);
	T_ERR(epoll_ctl(ep, EPOLL_CTL_ADD, ep, &ev), EINVAL);
	T_ERR(epoll_ctl(ep, EPOLL_CTL_ADD, file, &ev), EPERM);
	T_ERR(epoll_ctl(ep, EPOLL_CTL_ADD, 99, &ev), EBADF);
	T_ERR(epoll_ctl(99, EPOLL_CTL_ADD, p[1], &ev), EBADF);
	T_ERR(epoll_ctl(p[0], EPOLL_CTL_ADD, p[1], &ev), EINVAL);
	T_ERR(epoll_ctl(ep, 77, p[1], &ev), EINVAL);
	T_ERR(epoll_ctl(ep, EPOLL_CTL_ADD, p[1], t_badptr()), EFAULT);
	T_OK(epoll_ctl(ep, EPOLL_CTL_DEL, p[0], NULL));
	return 0;
}
