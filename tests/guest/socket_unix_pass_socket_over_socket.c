/*
 * a socket sent over a socket works for whoever received it, over several hops
 */
#include <sys/socket.h>

#include "t.h"

static void send_fd(int s, int fd)
{
	union {
		char buf[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} u = {0};
	struct iovec iov = {(char *)"x", 1};
	struct msghdr msg = {.msg_iov = &iov,
			     .msg_iovlen = 1,
			     .msg_control = u.buf,
			     .msg_controllen = sizeof(u.buf)};
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &fd, sizeof(int));
	T_EQ(sendmsg(s, &msg, 0), 1);
}

static int receive_fd(int s)
{
	union {
		char buf[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} u;
	char b;
	struct iovec iov = {&b, 1};
	struct msghdr msg = {.msg_iov = &iov,
			     .msg_iovlen = 1,
			     .msg_control = u.buf,
			     .msg_controllen = sizeof(u.buf)};
	int fd;

	T_EQ(recvmsg(s, &msg, 0), 1);
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof(int));
	return fd;
}

int main(void)
{
	int a[2], b[2], c[2], fd;
	pid_t pid;

	T_OK(socketpair(AF_UNIX, SOCK_STREAM, 0, a));
	pid = T_OK(fork());
	if (pid == 0) {
		T_OK(close(a[0]));
		fd = receive_fd(a[1]);
		fd = receive_fd(fd);
		t_post(fd);
		_exit(0);
	}
	T_OK(close(a[1]));
	T_OK(socketpair(AF_UNIX, SOCK_STREAM, 0, b));
	T_OK(socketpair(AF_UNIX, SOCK_STREAM, 0, c));
	send_fd(a[0], b[1]);
	T_OK(close(b[1]));
	send_fd(b[0], c[1]);
	T_OK(close(c[1]));
	t_take(c[0]);
	t_reap(pid);
	return 0;
}
