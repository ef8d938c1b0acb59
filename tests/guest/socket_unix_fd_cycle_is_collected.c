/*
 * sockets that hold one another in flight do not accumulate until descriptors
 * run out
 */
#include <sys/socket.h>

#include "t.h"

int main(void)
{
	union {
		char buf[CMSG_SPACE(2 * sizeof(int))];
		struct cmsghdr align;
	} u;
	int s[2], i;

	for (i = 0; i < 300; i++) {
		struct iovec iov = {(char *)"x", 1};
		struct msghdr msg = {.msg_iov = &iov,
				     .msg_iovlen = 1,
				     .msg_control = u.buf,
				     .msg_controllen = sizeof(u.buf)};
		struct cmsghdr *c;
		memset(&u, 0, sizeof(u));
		T_OK(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
		c = CMSG_FIRSTHDR(&msg);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(2 * sizeof(int));
		memcpy(CMSG_DATA(c), s, 2 * sizeof(int));
		T_EQ(sendmsg(s[0], &msg, 0), 1);
		T_OK(close(s[0]));
		T_OK(close(s[1]));
	}
	return 0;
}
