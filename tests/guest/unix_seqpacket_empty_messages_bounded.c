/* messages without bytes take of the send buffer too */
#include <sys/socket.h>

#include "t.h"

int main(void)
{
	int s[2], n = 0;

	T_OK(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, s));
	while (send(s[0], "", 0, MSG_DONTWAIT) == 0)
		T_LT(n++, 10000);
	T_EQ(errno, EAGAIN);
	return 0;
}
