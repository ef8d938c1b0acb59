/* UDP over the loopback: borders, sender, truncation, nothing to read */
#include <netinet/in.h>
#include <sys/socket.h>

#include "t.h"

int main(void)
{
	struct sockaddr_in sin = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}},
			   from, me;
	socklen_t size = sizeof(sin);
	char buf[16];
	int a = T_OK(socket(AF_INET, SOCK_DGRAM, 0)), b = T_OK(socket(AF_INET, SOCK_DGRAM, 0));

	T_OK(bind(a, (struct sockaddr *)&sin, size));
	T_OK(getsockname(a, (struct sockaddr *)&sin, &size));
	T_EQ(sendto(b, "one", 3, 0, (struct sockaddr *)&sin, sizeof(sin)), 3);
	T_EQ(sendto(b, "second", 6, 0, (struct sockaddr *)&sin, sizeof(sin)), 6);
	T_EQ(sendto(b, "", 0, 0, (struct sockaddr *)&sin, sizeof(sin)), 0);
	size = sizeof(from);
	T_EQ(recvfrom(a, buf, 16, 0, (struct sockaddr *)&from, &size), 3);
	size = sizeof(me);
	T_OK(getsockname(b, (struct sockaddr *)&me, &size));
	T_EQ(from.sin_port, me.sin_port);
	T_EQ(recv(a, buf, 3, MSG_TRUNC), 6);
	T_EQ(recv(a, buf, 16, 0), 0);
	T_ERR(recv(a, buf, 16, MSG_DONTWAIT), EAGAIN);
	T_ERR(send(b, "x", 1, 0), EDESTADDRREQ);
	return 0;
}
