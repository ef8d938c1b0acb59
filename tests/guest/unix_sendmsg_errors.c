/* sendmsg(2): bad vectors, addresses, flags; datagrams that are too large */
#include <sys/socket.h>

#include "t.h"

int main(void)
{
	char buf[8] = {0};
	struct iovec iov = {t_badptr(), 4};
	struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};
	int s[2], size = 5000;
	static char big[500000];

	T_OK(socketpair(AF_UNIX, SOCK_DGRAM, 0, s));
	T_ERR(sendmsg(s[0], &msg, 0), EFAULT);
	T_ERR(sendmsg(s[0], t_badptr(), 0), EFAULT);
	msg.msg_iovlen = 2000;
	T_ERR(sendmsg(s[0], &msg, 0), EMSGSIZE);
	iov = (struct iovec){buf, 4};
	msg.msg_iovlen = 1;
	T_ERR(sendmsg(s[0], &msg, MSG_OOB), EOPNOTSUPP);
	T_OK(setsockopt(s[0], SOL_SOCKET, SO_SNDBUF, &size, sizeof(size)));
	T_ERR(send(s[0], big, sizeof(big), 0), EMSGSIZE);
	T_ERR(sendmsg(0, &msg, 0), ENOTSOCK);
	return 0;
}
