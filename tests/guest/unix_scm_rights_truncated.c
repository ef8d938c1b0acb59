/*
 * control space for one of two descriptors: one arrives, MSG_CTRUNC, the other
 * is closed
 */
#include <sys/socket.h>

#include "t.h"

int main(void)
{
	char buf[8], control[CMSG_SPACE(2 * sizeof(int))],
		small[CMSG_LEN(sizeof(int))] __attribute__((aligned(8)));
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
	c->cmsg_len = CMSG_LEN(sizeof(p));
	memcpy(CMSG_DATA(c), p, sizeof(p));
	T_EQ(sendmsg(s[0], &msg, 0), 1);
	T_OK(close(p[1]));
	iov.iov_base = buf;
	msg.msg_control = small;
	msg.msg_controllen = sizeof(small);
	T_EQ(recvmsg(s[1], &msg, 0), 1);
	T_EQ(msg.msg_flags & MSG_CTRUNC, MSG_CTRUNC);
	T_EQ(read(p[0], buf, 1), 0);
	return 0;
}
