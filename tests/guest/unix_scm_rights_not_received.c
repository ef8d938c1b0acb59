/* descriptors in flight are closed when the socket that holds them is closed */
#include <sys/socket.h>

#include "t.h"

int main(void)
{
	char buf[8], control[CMSG_SPACE(sizeof(int))];
	struct iovec iov = {(char *)"x", 1};
	struct msghdr msg = {.msg_iov = &iov,
			     .msg_iovlen = 1,
			     .msg_control = control,
			     .msg_controllen = sizeof(control)};
	struct cmsghdr *c;
	int s[2], p[2];

	memset(control, 0, sizeof(control));
	T_OK(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
	T_OK(pipe(p));
	c = CMSG_FIRSTHDR(&msg);
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &p[1], sizeof(int));
	T_EQ(sendmsg(s[0], &msg, 0), 1);
	T_OK(close(p[1]));
	T_OK(close(s[0]));
	T_OK(close(s[1]));
	T_EQ(read(p[0], buf, 1), 0);
	return 0;
}
