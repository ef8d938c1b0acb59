/*
 * MSG_PEEK leaves the bytes, MSG_DONTWAIT does not wait, MSG_WAITALL waits for
 * all
 */
#include <sys/socket.h>

#include "t.h"

int main(void)
{
	char buf[16];
	int s[2];
	pid_t pid;

	T_OK(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
	T_ERR(recv(s[1], buf, 1, MSG_DONTWAIT), EAGAIN);
	T_EQ(send(s[0], "abc", 3, 0), 3);
	T_EQ(recv(s[1], buf, 16, MSG_PEEK), 3);
	T_EQ(recv(s[1], buf, 16, 0), 3);
	pid = T_OK(fork());
	if (pid == 0) {
		T_EQ(recv(s[1], buf, 6, MSG_WAITALL), 6);
		T_MEM(buf, "abcdef", 6);
		_exit(0);
	}
	t_await_sleep(pid);
	T_EQ(send(s[0], "abc", 3, 0), 3);
	t_await_sleep(pid);
	T_EQ(send(s[0], "def", 3, 0), 3);
	t_reap(pid);
	return 0;
}
