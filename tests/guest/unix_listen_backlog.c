/*
 * a full backlog makes a non-blocking connect fail with EAGAIN; poll shows a
 * waiting one
 */
#include <sys/socket.h>
#include <sys/un.h>

#include "t.h"

int main(void)
{
	struct sockaddr_un sun = {.sun_family = AF_UNIX, .sun_path = "sock"};
	struct pollfd pfd;
	int l = T_OK(socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0)), i, s;

	T_OK(bind(l, (struct sockaddr *)&sun, sizeof(sun)));
	T_ERR(accept(l, NULL, NULL), EINVAL);
	T_OK(listen(l, 1));
	T_ERR(accept(l, NULL, NULL), EAGAIN);
	for (i = 0; i < 10; i++) {
		s = T_OK(socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0));
		if (connect(s, (struct sockaddr *)&sun, sizeof(sun)) == -1)
			break;
	}
	T_EQ(i, 2);
	T_EQ(errno, EAGAIN);
	pfd = (struct pollfd){.fd = l, .events = POLLIN};
	T_EQ(poll(&pfd, 1, 0), 1);
	T_OK(accept(l, NULL, NULL));
	T_OK(connect(s, (struct sockaddr *)&sun, sizeof(sun)));
	return 0;
}
