/* TCP_INFO tells the state of a connection */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "t.h"

int main(void)
{
	struct sockaddr_in sin = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t size = sizeof(sin);
	struct tcp_info info;
	int l = T_OK(socket(AF_INET, SOCK_STREAM, 0)), c;

	T_OK(bind(l, (struct sockaddr *)&sin, size));
	T_OK(listen(l, 1));
	T_OK(getsockname(l, (struct sockaddr *)&sin, &size));
	size = sizeof(info);
	T_OK(getsockopt(l, IPPROTO_TCP, TCP_INFO, &info, &size));
	T_EQ(info.tcpi_state, TCP_LISTEN);
	c = T_OK(socket(AF_INET, SOCK_STREAM, 0));
	T_OK(connect(c, (struct sockaddr *)&sin, sizeof(sin)));
	size = sizeof(info);
	T_OK(getsockopt(c, IPPROTO_TCP, TCP_INFO, &info, &size));
	T_EQ(info.tcpi_state, TCP_ESTABLISHED);
	return 0;
}
