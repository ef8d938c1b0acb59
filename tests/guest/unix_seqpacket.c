/* seqpacket: borders are kept, connections end with 0 */
#include <sys/socket.h>

#include "t.h"

int main(void)
{
	char buf[16];
	struct msghdr msg;
	struct iovec iov = {buf, 3};
	int s[2];

	T_OK(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, s));
	T_EQ(send(s[0], "first", 5, 0), 5);
	T_EQ(send(s[0], "2nd", 3, 0), 3);
	memset(&msg, 0, sizeof(msg));
	msg.msg_iov = &iov;
	msg.msg_iovlen = 1;
	T_EQ(recvmsg(s[1], &msg, 0), 3);
	T_EQ(msg.msg_flags & MSG_TRUNC, MSG_TRUNC);
	T_EQ(recv(s[1], buf, 16, 0), 3);
	T_MEM(buf, "2nd", 3);
	T_OK(close(s[0]));
	T_EQ(recv(s[1], buf, 16, 0), 0);
	return 0;
}
