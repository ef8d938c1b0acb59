/*
 * a long chain of sockets, each in flight in the queue of the next, goes at one close
 *
 * Linux before 6.10 allows few levels and says ETOOMANYREFS.
 */
#include <sys/socket.h>

#include "t.h"

int main(void)
{
	union {
		char buf[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} u;
	int prev[2], next[2];

	T_OK(socketpair(AF_UNIX, SOCK_STREAM, 0, prev));
	for (int i = 0; i < 900; i++) {
		struct iovec iov = {(char *)"x", 1};
		struct msghdr msg = {.msg_iov = &iov,
				     .msg_iovlen = 1,
				     .msg_control = u.buf,
				     .msg_controllen = sizeof(u.buf)};
		struct cmsghdr *c = &u.align;
		ssize_t n;

		memset(&u, 0, sizeof(u));
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(c), &prev[0], sizeof(int));
		T_OK(socketpair(AF_UNIX, SOCK_STREAM, 0, next));
		/* Received by next[0], whose end is sent on. */
		n = sendmsg(next[1], &msg, 0);
		if (n < 0) {
			T_EQ(errno, ETOOMANYREFS);
			break;
		}
		T_EQ(n, 1);
		T_OK(close(prev[0]));
		T_OK(close(prev[1]));
		memcpy(prev, next, sizeof(prev));
	}
	T_OK(close(prev[0]));
	T_OK(close(prev[1]));
	return 0;
}
