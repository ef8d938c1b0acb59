/* writing to a closed stream socket raises SIGPIPE unless MSG_NOSIGNAL */
#include <sys/socket.h>

#include "t.h"

int main(void)
{
	int s[2];
	pid_t pid;

	T_OK(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
	T_OK(close(s[1]));
	pid = T_OK(fork());
	if (pid == 0) {
		write(s[0], "x", 1);
		_exit(0);
	}
	T_SIGNALED(pid, SIGPIPE);
	T_ERR(send(s[0], "x", 1, MSG_NOSIGNAL), EPIPE);
	return 0;
}
