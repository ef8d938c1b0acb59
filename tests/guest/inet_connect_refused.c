/*
 * connecting to a port where nobody listens: ECONNREFUSED, also by SO_ERROR
 * when not blocking
 */
#include <netinet/in.h>
#include <sys/socket.h>

#include "t.h"

int main(void)
{
	struct sockaddr_in sin = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t size = sizeof(sin), len = sizeof(int);
	struct pollfd pfd;
	int probe = T_OK(socket(AF_INET, SOCK_STREAM, 0)), s, err = 0;

	/* bound but not listening, so that nobody else takes the port */
	T_OK(bind(probe, (struct sockaddr *)&sin, size));
	T_OK(getsockname(probe, (struct sockaddr *)&sin, &size));
	s = T_OK(socket(AF_INET, SOCK_STREAM, 0));
	T_ERR(connect(s, (struct sockaddr *)&sin, sizeof(sin)), ECONNREFUSED);
	s = T_OK(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
	if (connect(s, (struct sockaddr *)&sin, sizeof(sin)) == -1 && errno == ECONNREFUSED)
		return 0;
	T_EQ(errno, EINPROGRESS);
	pfd = (struct pollfd){.fd = s, .events = POLLOUT};
	T_EQ(poll(&pfd, 1, -1), 1);
	T_TRUE(pfd.revents & POLLERR);
	T_OK(getsockopt(s, SOL_SOCKET, SO_ERROR, &err, &len));
	T_EQ(err, ECONNREFUSED);
	T_OK(getsockopt(s, SOL_SOCKET, SO_ERROR, &err, &len));
	T_EQ(err, 0);
	return 0;
}
