/* sendmmsg(2) and recvmmsg(2) move several messages in one call */
#include <sys/socket.h>

#include "t.h"

int main(void)
{
	char buf[3][8];
	struct iovec out[3] = {{(char *)"a", 1}, {(char *)"bb", 2}, {(char *)"ccc", 3}};
	struct iovec in[3] = {{buf[0], 8}, {buf[1], 8}, {buf[2], 8}};
	struct mmsghdr send3[3] = {0}, recv3[3] = {0};
	int s[2], i;

	T_OK(socketpair(AF_UNIX, SOCK_DGRAM, 0, s));
	for (i = 0; i < 3; i++) {
		send3[i].msg_hdr = (struct msghdr){.msg_iov = &out[i], .msg_iovlen = 1};
		recv3[i].msg_hdr = (struct msghdr){.msg_iov = &in[i], .msg_iovlen = 1};
	}
	T_EQ(sendmmsg(s[0], send3, 3, 0), 3);
	T_EQ(recvmmsg(s[1], recv3, 3, MSG_DONTWAIT, NULL), 3);
	for (i = 0; i < 3; i++) {
		T_EQ(send3[i].msg_len, i + 1);
		T_EQ(recv3[i].msg_len, i + 1);
	}
	T_MEM(buf[2], "ccc", 3);
	T_ERR(recvmmsg(s[1], recv3, 3, MSG_DONTWAIT, NULL), EAGAIN);
	return 0;
}
