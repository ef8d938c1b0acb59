/* socket options are kept and read back; unknown ones are ENOPROTOOPT */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "t.h"

static void keeps(int s, int level, int name, int value)
{
	int v = value, got = -1;
	socklen_t size = sizeof(got);

	T_OK(setsockopt(s, level, name, &v, sizeof(v)));
	T_OK(getsockopt(s, level, name, &got, &size));
	T_EQ(got, value);
}

int main(void)
{
	int s = T_OK(socket(AF_INET, SOCK_STREAM, 0)), v = 0;
	struct linger lg = {1, 7};
	socklen_t size = sizeof(v);

	keeps(s, SOL_SOCKET, SO_REUSEADDR, 1);
	keeps(s, SOL_SOCKET, SO_KEEPALIVE, 1);
	keeps(s, SOL_SOCKET, SO_REUSEPORT, 1);
	keeps(s, SOL_SOCKET, SO_OOBINLINE, 1);
	keeps(s, IPPROTO_TCP, TCP_NODELAY, 1);
	keeps(s, IPPROTO_TCP, TCP_CORK, 1);
	keeps(s, IPPROTO_TCP, TCP_KEEPIDLE, 30);
	keeps(s, IPPROTO_TCP, TCP_KEEPINTVL, 5);
	keeps(s, IPPROTO_TCP, TCP_KEEPCNT, 3);
	keeps(s, IPPROTO_TCP, TCP_USER_TIMEOUT, 1000);
	keeps(s, IPPROTO_IP, IP_TTL, 33);
	keeps(s, IPPROTO_IP, IP_TOS, 0x10);
	T_OK(setsockopt(s, SOL_SOCKET, SO_LINGER, &lg, sizeof(lg)));
	T_OK(getsockopt(s, SOL_SOCKET, SO_DOMAIN, &v, &size));
	T_EQ(v, AF_INET);
	T_OK(getsockopt(s, SOL_SOCKET, SO_PROTOCOL, &v, &size));
	T_EQ(v, IPPROTO_TCP);
	T_ERR(getsockopt(s, IPPROTO_TCP, 9999, &v, &size), ENOPROTOOPT);
	T_ERR(setsockopt(s, IPPROTO_IP, 9999, &v, sizeof(v)), ENOPROTOOPT);
	T_ERR(setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &v, 1), EINVAL);
	return 0;
}
