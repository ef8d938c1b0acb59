/*
 * a non-blocking connect: EINPROGRESS or done, writable, SO_ERROR 0, then
 * EISCONN
 */
#include <netinet/in.h>
#include <sys/socket.h>

#include "t.h"

int main(void)
{
	struct sockaddr_in sin = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t size = sizeof(sin), len = sizeof(int);
	struct pollfd pfd;
	int l = T_OK(socket(AF_INET, SOCK_STREAM, 0)), s, err = -1;

	T_OK(bind(l, (struct sockaddr *)&sin, size));
	T_OK(listen(l, 5));
	T_OK(getsockname(l, (struct sockaddr *)&sin, &size));
	s = T_OK(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
	if (connect(s, (struct sockaddr *)&sin, sizeof(sin)) == -1)
		T_EQ(errno, EINPROGRESS);
	pfd = (struct pollfd){.fd = s, .events = POLLOUT};
	T_EQ(poll(&pfd, 1, -1), 1);
	T_EQ(pfd.revents, POLLOUT);
	T_OK(getsockopt(s, SOL_SOCKET, SO_ERROR, &err, &len));
	T_EQ(err, 0);
	if (connect(s, (struct sockaddr *)&sin, sizeof(sin)) == -1)
		T_EQ(errno, EISCONN);
	T_ERR(connect(s, (struct sockaddr *)&sin, sizeof(sin)), EISCONN);
	return 0;
}
