/* listen without bind takes a port by itself */
#include <netinet/in.h>
#include <sys/socket.h>

#include "t.h"

int main(void)
{
	struct sockaddr_in sin = {.sin_family = AF_INET};
	socklen_t size = sizeof(sin);
	int l = T_OK(socket(AF_INET, SOCK_STREAM, 0));

	T_OK(getsockname(l, (struct sockaddr *)&sin, &size));
	T_EQ(sin.sin_port, 0);
	T_OK(listen(l, 1));
	T_OK(getsockname(l, (struct sockaddr *)&sin, &size));
	T_NE(sin.sin_port, 0);
	T_ERR(listen(T_OK(socket(AF_INET, SOCK_DGRAM, 0)), 1), EOPNOTSUPP);
	T_ERR(listen(0, 1), ENOTSOCK);
	return 0;
}
