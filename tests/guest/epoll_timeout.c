/* epoll_wait(2) waits at least as long as asked */
#include <sys/epoll.h>

#include "t.h"

int main(void)
{
	struct epoll_event out;
	int64_t start = t_now(CLOCK_MONOTONIC);
	int ep = T_OK(epoll_create1(0));

	T_EQ(epoll_wait(ep, &out, 1, 5), 0);
	T_GE(t_now(CLOCK_MONOTONIC) - start, 5000000);
	return 0;
}
