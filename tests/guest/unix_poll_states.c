/* poll of a socket pair: writable, readable, half closed, hung up */
#include <sys/socket.h>

#include "t.h"

int main(void)
{
	struct pollfd pfd;
	int s[2];

	T_OK(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
	pfd = (struct pollfd){.fd = s[0], .events = POLLIN | POLLOUT | POLLRDHUP};
	T_EQ(poll(&pfd, 1, 0), 1);
	T_EQ(pfd.revents, POLLOUT);
	t_post(s[1]);
	T_EQ(poll(&pfd, 1, 0), 1);
	T_EQ(pfd.revents, POLLIN | POLLOUT);
	T_OK(shutdown(s[1], SHUT_WR));
	T_EQ(poll(&pfd, 1, 0), 1);
	T_EQ(pfd.revents, POLLIN | POLLOUT | POLLRDHUP);
	T_OK(close(s[1]));
	T_EQ(poll(&pfd, 1, 0), 1);
	T_EQ(pfd.revents & (POLLHUP | POLLRDHUP | POLLIN), POLLHUP | POLLRDHUP | POLLIN);
	return 0;
}
