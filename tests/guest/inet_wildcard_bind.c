/*
 * a socket bound to the wildcard is reached by the loopback address, and
 * 0.0.0.0 connects to it
 */
#include <netinet/in.h>
#include <sys/socket.h>

#include "t.h"

int main(void)
{
	struct sockaddr_in sin = {.sin_family = AF_INET}, peer;
	socklen_t size = sizeof(sin);
	int l = T_OK(socket(AF_INET, SOCK_STREAM, 0)), c;

	T_OK(bind(l, (struct sockaddr *)&sin, size));
	T_OK(listen(l, 1));
	T_OK(getsockname(l, (struct sockaddr *)&sin, &size));
	T_EQ(sin.sin_addr.s_addr, 0);
	c = T_OK(socket(AF_INET, SOCK_STREAM, 0));
	T_OK(connect(c, (struct sockaddr *)&sin, sizeof(sin)));
	size = sizeof(peer);
	T_OK(getpeername(c, (struct sockaddr *)&peer, &size));
	T_EQ(peer.sin_addr.s_addr, htonl(INADDR_LOOPBACK));
	sin.sin_addr.s_addr = htonl(0x7f000005);
	c = T_OK(socket(AF_INET, SOCK_STREAM, 0));
	T_OK(accept(l, NULL, NULL));
	T_OK(connect(c, (struct sockaddr *)&sin, sizeof(sin)));
	return 0;
}
