/* a reader with MSG_WAITALL makes room for its writer while it waits for more */
#include <sys/socket.h>

#include "t.h"

#define SIZE (4 << 20)

int main(void)
{
	static char buf[SIZE];
	int s[2];
	pid_t pid;

	T_OK(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
	pid = fork();
	if (!pid) {
		T_OK(close(s[0]));
		T_EQ(send(s[1], buf, SIZE, 0), SIZE);
		_exit(0);
	}
	T_OK(close(s[1]));
	T_EQ(recv(s[0], buf, SIZE, MSG_WAITALL), SIZE);
	t_reap(pid);
	return 0;
}
