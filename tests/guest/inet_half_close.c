/* after shutdown(SHUT_WR) the other direction still works */
#include <netinet/in.h>
#include <sys/socket.h>

#include "t.h"

int main(void)
{
	struct sockaddr_in sin = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t size = sizeof(sin);
	int l = T_OK(socket(AF_INET, SOCK_STREAM, 0)), c, a;
	struct pollfd pfd;
	char buf[8];

	T_OK(bind(l, (struct sockaddr *)&sin, size));
	T_OK(listen(l, 1));
	T_OK(getsockname(l, (struct sockaddr *)&sin, &size));
	c = T_OK(socket(AF_INET, SOCK_STREAM, 0));
	T_ERR(shutdown(T_OK(socket(AF_INET, SOCK_STREAM, 0)), SHUT_WR), ENOTCONN);
	T_OK(connect(c, (struct sockaddr *)&sin, sizeof(sin)));
	a = T_OK(accept(l, NULL, NULL));
	T_EQ(write(c, "last", 4), 4);
	T_OK(shutdown(c, SHUT_WR));
	T_ERR(send(c, "x", 1, MSG_NOSIGNAL), EPIPE);
	T_EQ(recv(a, buf, 8, MSG_WAITALL), 4);
	T_EQ(read(a, buf, 8), 0);
	pfd = (struct pollfd){.fd = a, .events = POLLIN | POLLOUT | POLLRDHUP};
	T_EQ(poll(&pfd, 1, 0), 1);
	T_EQ(pfd.revents, POLLIN | POLLOUT | POLLRDHUP);
	T_EQ(write(a, "reply", 5), 5);
	T_EQ(recv(c, buf, 5, MSG_WAITALL), 5);
	return 0;
}
