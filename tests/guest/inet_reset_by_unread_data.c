/* closing with data unread resets; the writer then gets ECONNRESET or EPIPE */
#include <netinet/in.h>
#include <sys/socket.h>

#include "t.h"

int main(void)
{
	struct sockaddr_in sin = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t size = sizeof(sin);
	struct pollfd pfd;
	int l = T_OK(socket(AF_INET, SOCK_STREAM, 0)), c, a;
	char x;

	T_OK(bind(l, (struct sockaddr *)&sin, size));
	T_OK(listen(l, 1));
	T_OK(getsockname(l, (struct sockaddr *)&sin, &size));
	c = T_OK(socket(AF_INET, SOCK_STREAM, 0));
	T_OK(connect(c, (struct sockaddr *)&sin, sizeof(sin)));
	a = T_OK(accept(l, NULL, NULL));
	t_post(c);
	pfd = (struct pollfd){.fd = a, .events = POLLIN};
	T_EQ(poll(&pfd, 1, -1), 1);
	T_OK(close(a));
	pfd = (struct pollfd){.fd = c, .events = POLLIN};
	T_EQ(poll(&pfd, 1, -1), 1);
	T_ERR(read(c, &x, 1), ECONNRESET);
	T_ERR(send(c, "x", 1, MSG_NOSIGNAL), EPIPE);
	return 0;
}
