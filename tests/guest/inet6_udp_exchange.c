/* UDP over the IPv6 loopback */
#include <netinet/in.h>
#include <sys/socket.h>

#include "t.h"

int main(void)
{
	struct sockaddr_in6 sin = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT},
			    from;
	socklen_t size = sizeof(sin);
	char buf[8];
	int a = socket(AF_INET6, SOCK_DGRAM, 0), b;

	if (a == -1 && errno == EAFNOSUPPORT)
		T_SKIP("no IPv6");
	if (bind(a, (struct sockaddr *)&sin, size) == -1 && errno == EADDRNOTAVAIL)
		T_SKIP("no IPv6 loopback");
	T_OK(getsockname(a, (struct sockaddr *)&sin, &size));
	b = T_OK(socket(AF_INET6, SOCK_DGRAM, 0));
	T_EQ(sendto(b, "abc", 3, 0, (struct sockaddr *)&sin, sizeof(sin)), 3);
	size = sizeof(from);
	T_EQ(recvfrom(a, buf, 8, 0, (struct sockaddr *)&from, &size), 3);
	T_MEM(&from.sin6_addr, &in6addr_loopback, 16);
	return 0;
}
