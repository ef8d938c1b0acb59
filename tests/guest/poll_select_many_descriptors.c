/* poll and select over hundreds of descriptors, one of them ready */
#include <sys/resource.h>
#include <sys/select.h>

#include "t.h"

enum { N = 400 }; /* pipes: 800 descriptors */

int main(void)
{
	struct rlimit limit = {1024, 1024};
	struct pollfd fds[N];
	struct timeval tv = {0, 0};
	int p[2], top = 0;
	fd_set set;

	if (setrlimit(RLIMIT_NOFILE, &limit))
		T_SKIP("the hard limit of open files is below %d", 1024);
	FD_ZERO(&set);
	for (int i = 0; i < N; i++) {
		T_OK(pipe(p));
		fds[i] = (struct pollfd){.fd = p[0], .events = POLLIN};
		FD_SET(p[0], &set);
		top = p[0];
	}
	T_EQ(poll(fds, N, 0), 0);
	T_EQ(select(top + 1, &set, NULL, NULL, &tv), 0);
	for (int i = 0; i < N; i++)
		FD_SET(fds[i].fd, &set);
	t_post(p[1]);
	T_EQ(poll(fds, N, -1), 1);
	T_EQ(fds[N - 1].revents, POLLIN);
	T_EQ(select(top + 1, &set, NULL, NULL, NULL), 1);
	T_TRUE(FD_ISSET(top, &set));
	return 0;
}
