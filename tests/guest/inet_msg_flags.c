/* MSG_PEEK, MSG_DONTWAIT, MSG_TRUNC and FIONREAD on TCP */
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "t.h"

int main(void)
{
	struct sockaddr_in sin = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t size = sizeof(sin);
	struct pollfd pfd;
	int l = T_OK(socket(AF_INET, SOCK_STREAM, 0)), c, a, n;
	char buf[8];

	T_OK(bind(l, (struct sockaddr *)&sin, size));
	T_OK(listen(l, 1));
	T_OK(getsockname(l, (struct sockaddr *)&sin, &size));
	c = T_OK(socket(AF_INET, SOCK_STREAM, 0));
	T_OK(connect(c, (struct sockaddr *)&sin, sizeof(sin)));
	a = T_OK(accept(l, NULL, NULL));
	T_ERR(recv(a, buf, 8, MSG_DONTWAIT), EAGAIN);
	T_EQ(send(c, "abcdef", 6, 0), 6);
	pfd = (struct pollfd){.fd = a, .events = POLLIN};
	T_EQ(poll(&pfd, 1, -1), 1);
	T_EQ(recv(a, buf, 8, MSG_PEEK), 6);
	T_OK(ioctl(a, FIONREAD, &n));
	T_EQ(n, 6);
	T_EQ(recv(a, NULL, 2, MSG_TRUNC), 2);
	T_EQ(recv(a, buf, 8, 0), 4);
	T_MEM(buf, "cdef", 4);
	return 0;
}
