/* shutdown: the peer's end of file, no more writing, no more reading */
#include <sys/socket.h>

#include "t.h"

int main(void)
{
	char c;
	int s[2];

	t_on_signal(SIGPIPE, SIG_IGN, 0);
	T_OK(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
	t_post(s[0]);
	T_OK(shutdown(s[0], SHUT_WR));
	T_ERR(write(s[0], "x", 1), EPIPE);
	t_take(s[1]);
	T_EQ(read(s[1], &c, 1), 0);
	t_post(s[1]);
	t_take(s[0]);
	T_OK(shutdown(s[0], SHUT_RD));
	T_EQ(read(s[0], &c, 1), 0);
	T_ERR(write(s[1], "x", 1), EPIPE);
	T_ERR(shutdown(s[0], 99), EINVAL);
	T_ERR(shutdown(0, SHUT_RD), ENOTSOCK);
	return 0;
}
