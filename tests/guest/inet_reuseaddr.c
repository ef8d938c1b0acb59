/*
 * SO_REUSEADDR: a port in TIME_WAIT can be listened on again, one that is
 * listened on not
 */
#include <netinet/in.h>
#include <sys/socket.h>

#include "t.h"

int main(void)
{
	struct sockaddr_in sin = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t size = sizeof(sin);
	int on = 1, l = T_OK(socket(AF_INET, SOCK_STREAM, 0)), c, a, again;
	char x;

	T_OK(setsockopt(l, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)));
	T_OK(bind(l, (struct sockaddr *)&sin, size));
	T_OK(listen(l, 1));
	T_OK(getsockname(l, (struct sockaddr *)&sin, &size));
	c = T_OK(socket(AF_INET, SOCK_STREAM, 0));
	T_OK(connect(c, (struct sockaddr *)&sin, sizeof(sin)));
	a = T_OK(accept(l, NULL, NULL));
	again = T_OK(socket(AF_INET, SOCK_STREAM, 0));
	T_OK(setsockopt(again, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)));
	T_ERR(bind(again, (struct sockaddr *)&sin, sizeof(sin)), EADDRINUSE);
	/* the server closes first, so its side is the one that lingers */
	T_OK(close(a));
	T_EQ(read(c, &x, 1), 0);
	T_OK(close(c));
	T_OK(close(l));
	T_OK(bind(again, (struct sockaddr *)&sin, sizeof(sin)));
	T_OK(listen(again, 1));
	return 0;
}
