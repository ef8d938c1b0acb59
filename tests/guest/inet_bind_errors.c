/* bind: a taken port, a foreign address, twice, a privileged port, bad sizes */
#include <netinet/in.h>
#include <sys/socket.h>

#include "t.h"

int main(void)
{
	struct sockaddr_in sin = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t size = sizeof(sin);
	int a = T_OK(socket(AF_INET, SOCK_STREAM, 0)), b = T_OK(socket(AF_INET, SOCK_STREAM, 0));

	T_OK(bind(a, (struct sockaddr *)&sin, size));
	T_OK(listen(a, 1));
	T_OK(getsockname(a, (struct sockaddr *)&sin, &size));
	T_ERR(bind(b, (struct sockaddr *)&sin, sizeof(sin)), EADDRINUSE);
	sin.sin_port = 0;
	T_ERR(bind(a, (struct sockaddr *)&sin, sizeof(sin)), EINVAL);
	T_ERR(bind(b, (struct sockaddr *)&sin, 4), EINVAL);
	sin.sin_addr.s_addr = htonl(0xc6336401);
	T_ERR(bind(b, (struct sockaddr *)&sin, sizeof(sin)), EADDRNOTAVAIL);
	sin.sin_family = AF_INET6;
	T_ERR(bind(b, (struct sockaddr *)&sin, sizeof(sin)), EAFNOSUPPORT);
	return 0;
}
