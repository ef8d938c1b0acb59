/* epolls nest five deep and no deeper */
#include <sys/epoll.h>

#include "t.h"

int main(void)
{
	struct epoll_event ev = {.events = EPOLLIN};
	int prev = T_OK(epoll_create1(0)), i;

	for (i = 0; i < 4; i++) {
		int next = T_OK(epoll_create1(0));
		T_OK(epoll_ctl(next, EPOLL_CTL_ADD, prev, &ev));
		prev = next;
	}
	i = T_OK(epoll_create1(0));
	T_ERR(epoll_ctl(i, EPOLL_CTL_ADD, prev, &ev), ELOOP);
	return 0;
}
