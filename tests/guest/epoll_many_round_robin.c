/* with more ready than room, waits give each its turn */
#include <sys/epoll.h>

#include "t.h"

int main(void)
{
	struct epoll_event ev = {.events = EPOLLIN}, out[3];
	int p[10][2], seen[10] = {0}, i, k, ep = T_OK(epoll_create1(0));

	for (i = 0; i < 10; i++) {
		T_OK(pipe(p[i]));
		ev.data.u32 = (uint32_t)i;
		T_OK(epoll_ctl(ep, EPOLL_CTL_ADD, p[i][0], &ev));
		t_post(p[i][1]);
	}
	for (i = 0; i < 4; i++) {
		int n = T_OK(epoll_wait(ep, out, 3, 0));
		T_EQ(n, 3);
		for (k = 0; k < n; k++)
			seen[out[k].data.u32]++;
	}
	for (i = 0; i < 10; i++)
		T_GE(seen[i], 1);
	return 0;
}
