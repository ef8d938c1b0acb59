/*
 * abstract names: zeroes count, two sockets cannot share one, gone with the
 * socket
 */
#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "t.h"

int main(void)
{
	struct sockaddr_un sun = {.sun_family = AF_UNIX}, got;
	socklen_t size = offsetof(struct sockaddr_un, sun_path) + 20, len = sizeof(got);
	int a = T_OK(socket(AF_UNIX, SOCK_STREAM, 0)), b = T_OK(socket(AF_UNIX, SOCK_STREAM, 0)), c;

	snprintf(sun.sun_path + 1, 60, "guest-test-%d", getpid());
	T_OK(bind(a, (struct sockaddr *)&sun, size));
	T_ERR(bind(b, (struct sockaddr *)&sun, size), EADDRINUSE);
	T_OK(bind(b, (struct sockaddr *)&sun, size + 1));
	T_OK(listen(a, 1));
	T_OK(getsockname(a, (struct sockaddr *)&got, &len));
	T_EQ(len, size);
	T_MEM(got.sun_path, sun.sun_path, 18);
	c = T_OK(socket(AF_UNIX, SOCK_STREAM, 0));
	T_OK(connect(c, (struct sockaddr *)&sun, size));
	T_OK(close(c));
	T_OK(close(a));
	c = T_OK(socket(AF_UNIX, SOCK_STREAM, 0));
	T_ERR(connect(c, (struct sockaddr *)&sun, size), ECONNREFUSED);
	return 0;
}
