/*
 * a connected UDP socket takes only its peer's datagrams; AF_UNSPEC undoes it
 */
#include <netinet/in.h>
#include <sys/socket.h>

#include "t.h"

int main(void)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}}, b = a,
			   none = {.sin_family = AF_UNSPEC};
	socklen_t size = sizeof(a);
	char buf[8];
	int sa = T_OK(socket(AF_INET, SOCK_DGRAM, 0)), sb = T_OK(socket(AF_INET, SOCK_DGRAM, 0)),
	    other = T_OK(socket(AF_INET, SOCK_DGRAM, 0));

	T_OK(bind(sa, (struct sockaddr *)&a, size));
	T_OK(bind(sb, (struct sockaddr *)&b, size));
	T_OK(getsockname(sa, (struct sockaddr *)&a, &size));
	T_OK(getsockname(sb, (struct sockaddr *)&b, &size));
	T_OK(connect(sa, (struct sockaddr *)&b, sizeof(b)));
	T_EQ(sendto(other, "no", 2, 0, (struct sockaddr *)&a, sizeof(a)), 2);
	T_EQ(sendto(sb, "yes", 3, 0, (struct sockaddr *)&a, sizeof(a)), 3);
	T_EQ(recv(sa, buf, 8, 0), 3);
	T_ERR(recv(sa, buf, 8, MSG_DONTWAIT), EAGAIN);
	T_EQ(send(sa, "hi", 2, 0), 2);
	T_EQ(recv(sb, buf, 8, 0), 2);
	T_OK(connect(sa, (struct sockaddr *)&none, sizeof(none)));
	T_ERR(send(sa, "x", 1, 0), EDESTADDRREQ);
	size = sizeof(b);
	T_ERR(getpeername(sa, (struct sockaddr *)&b, &size), ENOTCONN);
	return 0;
}
