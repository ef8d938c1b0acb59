/* a datagram over the limit of UDP is EMSGSIZE; a large one passes */
#include <netinet/in.h>
#include <sys/socket.h>

#include "t.h"

int main(void)
{
	struct sockaddr_in sin = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	static char buf[70000];
	socklen_t size = sizeof(sin);
	int a = T_OK(socket(AF_INET, SOCK_DGRAM, 0)), b = T_OK(socket(AF_INET, SOCK_DGRAM, 0));

	T_OK(bind(a, (struct sockaddr *)&sin, size));
	T_OK(getsockname(a, (struct sockaddr *)&sin, &size));
	T_ERR(sendto(b, buf, 65508, 0, (struct sockaddr *)&sin, sizeof(sin)), EMSGSIZE);
	T_EQ(sendto(b, buf, 65507, 0, (struct sockaddr *)&sin, sizeof(sin)), 65507);
	T_EQ(recv(a, buf, sizeof(buf), 0), 65507);
	return 0;
}
