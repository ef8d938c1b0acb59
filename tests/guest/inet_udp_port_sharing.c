/* two UDP sockets on one port need SO_REUSEADDR or SO_REUSEPORT */
#include <netinet/in.h>
#include <sys/socket.h>

#include "t.h"

int main(void)
{
	struct sockaddr_in sin = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t size = sizeof(sin);
	int a = T_OK(socket(AF_INET, SOCK_DGRAM, 0)), b = T_OK(socket(AF_INET, SOCK_DGRAM, 0)),
	    on = 1;

	T_OK(setsockopt(a, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on)));
	T_OK(bind(a, (struct sockaddr *)&sin, size));
	T_OK(getsockname(a, (struct sockaddr *)&sin, &size));
	T_ERR(bind(b, (struct sockaddr *)&sin, sizeof(sin)), EADDRINUSE);
	T_OK(setsockopt(b, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on)));
	T_OK(bind(b, (struct sockaddr *)&sin, sizeof(sin)));
	return 0;
}
