/*
 * TCP over the loopback: bind to port 0, listen, connect, accept, bytes both
 * ways, names
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "t.h"

int main(void)
{
	struct sockaddr_in sin = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}},
			   peer, me;
	socklen_t size = sizeof(sin);
	char buf[8];
	int l, c, a;

	l = T_OK(socket(AF_INET, SOCK_STREAM, 0));
	T_OK(bind(l, (struct sockaddr *)&sin, size));
	T_OK(listen(l, 5));
	T_OK(getsockname(l, (struct sockaddr *)&sin, &size));
	T_EQ(size, sizeof(sin));
	T_NE(sin.sin_port, 0);
	T_EQ(sin.sin_addr.s_addr, htonl(INADDR_LOOPBACK));
	c = T_OK(socket(AF_INET, SOCK_STREAM, IPPROTO_TCP));
	T_OK(connect(c, (struct sockaddr *)&sin, sizeof(sin)));
	size = sizeof(peer);
	a = T_OK(accept(l, (struct sockaddr *)&peer, &size));
	size = sizeof(me);
	T_OK(getsockname(c, (struct sockaddr *)&me, &size));
	T_EQ(peer.sin_port, me.sin_port);
	T_EQ(peer.sin_addr.s_addr, htonl(INADDR_LOOPBACK));
	size = sizeof(me);
	T_OK(getpeername(c, (struct sockaddr *)&me, &size));
	T_EQ(me.sin_port, sin.sin_port);
	T_EQ(write(c, "ping", 4), 4);
	T_EQ(recv(a, buf, 4, MSG_WAITALL), 4);
	T_MEM(buf, "ping", 4);
	T_EQ(write(a, "pong", 4), 4);
	T_EQ(recv(c, buf, 4, MSG_WAITALL), 4);
	T_OK(close(c));
	T_EQ(read(a, buf, 8), 0);
	return 0;
}
