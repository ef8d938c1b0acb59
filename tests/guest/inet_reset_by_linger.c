/* SO_LINGER of zero makes close send a reset: the peer reads ECONNRESET */
#include <netinet/in.h>
#include <sys/socket.h>

#include "t.h"

int main(void)
{
	struct sockaddr_in sin = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	struct linger lg = {1, 0};
	socklen_t size = sizeof(sin);
	int l = T_OK(socket(AF_INET, SOCK_STREAM, 0)), c, a;
	struct pollfd pfd;
	char x;

	T_OK(bind(l, (struct sockaddr *)&sin, size));
	T_OK(listen(l, 1));
	T_OK(getsockname(l, (struct sockaddr *)&sin, &size));
	c = T_OK(socket(AF_INET, SOCK_STREAM, 0));
	T_OK(connect(c, (struct sockaddr *)&sin, sizeof(sin)));
	a = T_OK(accept(l, NULL, NULL));
	T_OK(setsockopt(c, SOL_SOCKET, SO_LINGER, &lg, sizeof(lg)));
	T_OK(close(c));
	pfd = (struct pollfd){.fd = a, .events = POLLIN};
	T_EQ(poll(&pfd, 1, -1), 1);
	T_TRUE(pfd.revents & POLLERR);
	T_ERR(read(a, &x, 1), ECONNRESET);
	T_EQ(read(a, &x, 1), 0);
	return 0;
}
