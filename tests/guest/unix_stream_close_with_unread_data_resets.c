/* closing a stream socket with unread data gives the peer ECONNRESET once */
#include <sys/socket.h>

#include "t.h"

int main(void)
{
	char c;
	int s[2];

	T_OK(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
	t_post(s[0]);
	T_OK(close(s[1]));
	T_ERR(read(s[0], &c, 1), ECONNRESET);
	T_EQ(read(s[0], &c, 1), 0);
	return 0;
}
