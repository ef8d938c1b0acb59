/*
 * a socket on the IPv6 wildcard takes IPv4 connections as mapped addresses;
 * IPV6_V6ONLY does not
 */
#include <netinet/in.h>
#include <sys/socket.h>

#include "t.h"

int main(void)
{
	struct sockaddr_in6 any = {.sin6_family = AF_INET6}, peer;
	struct sockaddr_in sin = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t size = sizeof(any);
	int off = 0, on = 1, l = socket(AF_INET6, SOCK_STREAM, 0), c;

	if (l == -1 && errno == EAFNOSUPPORT)
		T_SKIP("no IPv6");
	T_OK(setsockopt(l, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off)));
	T_OK(bind(l, (struct sockaddr *)&any, sizeof(any)));
	T_OK(listen(l, 5));
	T_OK(getsockname(l, (struct sockaddr *)&any, &size));
	sin.sin_port = any.sin6_port;
	c = T_OK(socket(AF_INET, SOCK_STREAM, 0));
	T_OK(connect(c, (struct sockaddr *)&sin, sizeof(sin)));
	size = sizeof(peer);
	T_OK(accept(l, (struct sockaddr *)&peer, &size));
	T_TRUE(IN6_IS_ADDR_V4MAPPED(&peer.sin6_addr));
	l = T_OK(socket(AF_INET6, SOCK_STREAM, 0));
	T_OK(setsockopt(l, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on)));
	any = (struct sockaddr_in6){.sin6_family = AF_INET6};
	T_OK(bind(l, (struct sockaddr *)&any, sizeof(any)));
	T_OK(listen(l, 5));
	size = sizeof(any);
	T_OK(getsockname(l, (struct sockaddr *)&any, &size));
	sin.sin_port = any.sin6_port;
	c = T_OK(socket(AF_INET, SOCK_STREAM, 0));
	T_ERR(connect(c, (struct sockaddr *)&sin, sizeof(sin)), ECONNREFUSED);
	return 0;
}
