/* bind, listen, connect, accept by a path in the file system */
#include <sys/socket.h>
#include <sys/un.h>

#include "t.h"

int main(void)
{
	struct sockaddr_un sun = {.sun_family = AF_UNIX, .sun_path = "sock"}, peer;
	socklen_t size;
	char buf[8];
	int l, c, a;

	l = T_OK(socket(AF_UNIX, SOCK_STREAM, 0));
	T_OK(bind(l, (struct sockaddr *)&sun, sizeof(sun)));
	T_OK(listen(l, 5));
	c = T_OK(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
	T_EQ(fcntl(c, F_GETFD), FD_CLOEXEC);
	T_OK(connect(c, (struct sockaddr *)&sun, sizeof(sun)));
	size = sizeof(peer);
	a = T_OK(accept4(l, (struct sockaddr *)&peer, &size, SOCK_NONBLOCK));
	T_EQ(size, 2);
	T_EQ(peer.sun_family, AF_UNIX);
	T_TRUE(fcntl(a, F_GETFL) & O_NONBLOCK);
	T_EQ(write(c, "hi", 2), 2);
	T_EQ(read(a, buf, 8), 2);
	T_ERR(read(a, buf, 8), EAGAIN);
	size = sizeof(peer);
	T_OK(getpeername(c, (struct sockaddr *)&peer, &size));
	T_STR(peer.sun_path, "sock");
	size = sizeof(peer);
	T_OK(getsockname(a, (struct sockaddr *)&peer, &size));
	T_STR(peer.sun_path, "sock");
	size = 4;
	T_OK(getsockname(a, (struct sockaddr *)&peer, &size));
	T_EQ(size, 2 + 5);
	return 0;
}
