/*
 * a stream socket that is full blocks, EAGAIN when it may not, and goes on
 * when read
 */
#include <sys/socket.h>

#include "t.h"

int main(void)
{
	static char buf[65536];
	long total = 0, seen = 0;
	ssize_t got;
	int s[2];
	pid_t pid;

	T_OK(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
	while ((got = send(s[0], buf, sizeof(buf), MSG_DONTWAIT)) > 0)
		total += got;
	T_EQ(errno, EAGAIN);
	T_GT(total, 60000);
	pid = T_OK(fork());
	if (pid == 0) {
		T_OK(close(s[1]));
		T_EQ(send(s[0], buf, 1000, 0), 1000);
		_exit(0);
	}
	T_OK(close(s[0]));
	t_await_sleep(pid);
	while ((got = T_OK(read(s[1], buf, sizeof(buf)))) > 0)
		seen += got;
	T_EQ(seen, total + 1000);
	t_reap(pid);
	return 0;
}
