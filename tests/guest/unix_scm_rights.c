/*
 * descriptors travel: the receiver has the same open file under its own number
 */
#include <sys/socket.h>

#include "t.h"

int main(void)
{
	char buf[8], control[CMSG_SPACE(2 * sizeof(int))];
	struct iovec iov = {(char *)"x", 1};
	struct msghdr msg = {.msg_iov = &iov,
			     .msg_iovlen = 1,
			     .msg_control = control,
			     .msg_controllen = sizeof(control)};
	struct cmsghdr *c;
	int s[2], p[2], got[2];

	memset(control, 0, sizeof(control));
	T_OK(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
	T_OK(pipe(p));
	c = CMSG_FIRSTHDR(&msg);
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(p));
	memcpy(CMSG_DATA(c), p, sizeof(p));
	T_EQ(sendmsg(s[0], &msg, 0), 1);
	T_OK(close(p[0]));
	t_post(p[1]);
	T_OK(close(p[1]));
	iov.iov_base = buf;
	msg.msg_controllen = sizeof(control);
	T_EQ(recvmsg(s[1], &msg, MSG_CMSG_CLOEXEC), 1);
	c = CMSG_FIRSTHDR(&msg);
	T_TRUE(c != NULL);
	T_EQ(c->cmsg_type, SCM_RIGHTS);
	T_EQ(c->cmsg_len, CMSG_LEN(sizeof(got)));
	memcpy(got, CMSG_DATA(c), sizeof(got));
	T_EQ(fcntl(got[0], F_GETFD), FD_CLOEXEC);
	t_take(got[0]);
	T_OK(close(got[1]));
	T_EQ(read(got[0], buf, 1), 0);
	return 0;
}
