/* SO_RCVTIMEO ends a wait with EAGAIN; reading it back */
#include <sys/socket.h>

#include "t.h"

int main(void)
{
	struct timeval tv = {0, 4000}, back = {0, 0};
	socklen_t size = sizeof(back);
	int64_t start;
	int s[2];
	char c;

	T_OK(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
	T_OK(setsockopt(s[0], SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv)));
	T_OK(getsockopt(s[0], SOL_SOCKET, SO_RCVTIMEO, &back, &size));
	T_EQ(back.tv_usec, 4000);
	start = t_now(CLOCK_MONOTONIC);
	T_ERR(recv(s[0], &c, 1, 0), EAGAIN);
	T_GE(t_now(CLOCK_MONOTONIC) - start, 4000000);
	return 0;
}
