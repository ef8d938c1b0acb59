/* a connected UDP socket learns by ECONNREFUSED that nobody is there */
#include <netinet/in.h>
#include <sys/socket.h>

#include "t.h"

int main(void)
{
	struct sockaddr_in sin = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t size = sizeof(sin);
	struct pollfd pfd;
	char c;
	int gone = T_OK(socket(AF_INET, SOCK_DGRAM, 0)), s = T_OK(socket(AF_INET, SOCK_DGRAM, 0));

	T_OK(bind(gone, (struct sockaddr *)&sin, size));
	T_OK(getsockname(gone, (struct sockaddr *)&sin, &size));
	T_OK(connect(s, (struct sockaddr *)&sin, sizeof(sin)));
	T_OK(close(gone));
	T_EQ(send(s, "x", 1, 0), 1);
	pfd = (struct pollfd){.fd = s, .events = POLLIN};
	T_EQ(poll(&pfd, 1, -1), 1);
	T_ERR(recv(s, &c, 1, MSG_DONTWAIT), ECONNREFUSED);
	T_ERR(recv(s, &c, 1, MSG_DONTWAIT), EAGAIN);
	return 0;
}
