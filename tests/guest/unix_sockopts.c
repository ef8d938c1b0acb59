/* getsockopt: type, domain, protocol, error, accepting, buffer sizes */
#include <sys/socket.h>

#include "t.h"

static int opt(int s, int name)
{
	int v = -1;
	socklen_t size = sizeof(v);

	T_OK(getsockopt(s, SOL_SOCKET, name, &v, &size));
	T_EQ(size, sizeof(v));
	return v;
}

int main(void)
{
	int s[2], v = 5;
	socklen_t size = sizeof(v);

	T_OK(socketpair(AF_UNIX, SOCK_DGRAM, 0, s));
	T_EQ(opt(s[0], SO_TYPE), SOCK_DGRAM);
	T_EQ(opt(s[0], SO_DOMAIN), AF_UNIX);
	T_EQ(opt(s[0], SO_PROTOCOL), 0);
	T_EQ(opt(s[0], SO_ERROR), 0);
	T_EQ(opt(s[0], SO_ACCEPTCONN), 0);
	T_GT(opt(s[0], SO_SNDBUF), 1000);
	v = 20000;
	T_OK(setsockopt(s[0], SOL_SOCKET, SO_SNDBUF, &v, sizeof(v)));
	T_EQ(opt(s[0], SO_SNDBUF), 40000);
	T_ERR(getsockopt(s[0], SOL_SOCKET, 9999, &v, &size), ENOPROTOOPT);
	T_ERR(setsockopt(s[0], SOL_SOCKET, SO_SNDBUF, &v, 1), EINVAL);
	T_ERR(setsockopt(s[0], SOL_SOCKET, SO_SNDBUF, t_badptr(), 4), EFAULT);
	T_ERR(getsockopt(0, SOL_SOCKET, SO_TYPE, &v, &size), ENOTSOCK);
	return 0;
}
