/* two datagram sockets that talk to each other alone are bounded by size, not by number */
#include <sys/socket.h>

#include "t.h"

int main(void)
{
	int s[2];

	T_OK(socketpair(AF_UNIX, SOCK_DGRAM, 0, s));
	for (int i = 0; i < 100; i++)
		T_EQ(send(s[0], "x", 1, MSG_DONTWAIT), 1);
	return 0;
}
