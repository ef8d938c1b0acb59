/*
 * sending a descriptor that is not open is EBADF; two kinds of control data at
 * once
 */
#include <sys/socket.h>

#include "t.h"

int main(void)
{
	char control[CMSG_SPACE(sizeof(int))];
	struct iovec iov = {(char *)"x", 1};
	struct msghdr msg = {.msg_iov = &iov,
			     .msg_iovlen = 1,
			     .msg_control = control,
			     .msg_controllen = sizeof(control)};
	struct cmsghdr *c;
	int s[2], bad = 99;

	memset(control, 0, sizeof(control));
	T_OK(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
	c = CMSG_FIRSTHDR(&msg);
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &bad, sizeof(int));
	T_ERR(sendmsg(s[0], &msg, 0), EBADF);
	c->cmsg_type = 77;
	T_ERR(sendmsg(s[0], &msg, 0), EINVAL);
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = 3;
	T_ERR(sendmsg(s[0], &msg, 0), EINVAL);
	return 0;
}
