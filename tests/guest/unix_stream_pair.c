/* socketpair: bytes both ways, end of file, EPIPE, no message borders */
#include <sys/socket.h>

#include "t.h"

int main(void)
{
	char buf[16];
	int s[2];

	T_OK(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
	T_EQ(write(s[0], "ab", 2), 2);
	T_EQ(write(s[0], "cd", 2), 2);
	T_EQ(read(s[1], buf, 16), 4);
	T_MEM(buf, "abcd", 4);
	T_EQ(write(s[1], "xy", 2), 2);
	T_EQ(read(s[0], buf, 1), 1);
	T_EQ(read(s[0], buf, 16), 1);
	T_OK(close(s[0]));
	T_EQ(read(s[1], buf, 16), 0);
	T_ERR(send(s[1], "x", 1, MSG_NOSIGNAL), EPIPE);
	return 0;
}
