/* accept4: flags for the new socket, O_NONBLOCK not inherited, unknown flags */
#include <netinet/in.h>
#include <sys/socket.h>

#include "t.h"

int main(void)
{
	struct sockaddr_in sin = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t size = sizeof(sin);
	struct pollfd pfd;
	int l = T_OK(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0)), c, a, i;

	T_OK(bind(l, (struct sockaddr *)&sin, size));
	T_ERR(accept(l, NULL, NULL), EINVAL);
	T_OK(listen(l, 5));
	T_ERR(accept(l, NULL, NULL), EAGAIN);
	T_OK(getsockname(l, (struct sockaddr *)&sin, &size));
	for (i = 0; i < 2; i++) {
		c = T_OK(socket(AF_INET, SOCK_STREAM, 0));
		T_OK(connect(c, (struct sockaddr *)&sin, sizeof(sin)));
		pfd = (struct pollfd){.fd = l, .events = POLLIN};
		T_EQ(poll(&pfd, 1, -1), 1);
		T_ERR(accept4(l, NULL, NULL, 1), EINVAL);
		a = T_OK(accept4(l, NULL, NULL, i ? SOCK_CLOEXEC | SOCK_NONBLOCK : 0));
		T_EQ(fcntl(a, F_GETFD), i ? FD_CLOEXEC : 0);
		T_EQ(fcntl(a, F_GETFL) & O_NONBLOCK, i ? O_NONBLOCK : 0);
	}
	T_ERR(accept(c, NULL, NULL), EINVAL);
	T_ERR(accept(0, NULL, NULL), ENOTSOCK);
	return 0;
}
