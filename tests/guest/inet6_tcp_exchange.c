/* TCP over the IPv6 loopback */
#include <netinet/in.h>
#include <sys/socket.h>

#include "t.h"

int main(void)
{
	struct sockaddr_in6 sin = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT},
			    peer;
	socklen_t size = sizeof(sin);
	char c;
	int l = socket(AF_INET6, SOCK_STREAM, 0), s, a;

	if (l == -1 && errno == EAFNOSUPPORT)
		T_SKIP("no IPv6");
	if (bind(l, (struct sockaddr *)&sin, size) == -1 && errno == EADDRNOTAVAIL)
		T_SKIP("no IPv6 loopback");
	T_OK(listen(l, 5));
	T_OK(getsockname(l, (struct sockaddr *)&sin, &size));
	T_EQ(size, sizeof(sin));
	s = T_OK(socket(AF_INET6, SOCK_STREAM, 0));
	T_OK(connect(s, (struct sockaddr *)&sin, sizeof(sin)));
	size = sizeof(peer);
	a = T_OK(accept(l, (struct sockaddr *)&peer, &size));
	T_MEM(&peer.sin6_addr, &in6addr_loopback, 16);
	t_post(s);
	T_EQ(read(a, &c, 1), 1);
	return 0;
}
