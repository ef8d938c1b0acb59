/*
 * a socket sent over a socket works for whoever received it, over several hops
 */
#include "scm.h"

int main(void)
{
	int a[2], b[2], c[2], fd;
	pid_t pid;

	T_OK(socketpair(AF_UNIX, SOCK_STREAM, 0, a));
	pid = T_OK(fork());
	if (pid == 0) {
		T_OK(close(a[0]));
		fd = receive_fd(a[1]);
		fd = receive_fd(fd);
		t_post(fd);
		_exit(0);
	}
	T_OK(close(a[1]));
	T_OK(socketpair(AF_UNIX, SOCK_STREAM, 0, b));
	T_OK(socketpair(AF_UNIX, SOCK_STREAM, 0, c));
	send_fd(a[0], b[1]);
	T_OK(close(b[1]));
	send_fd(b[0], c[1]);
	T_OK(close(c[1]));
	t_take(c[0]);
	t_reap(pid);
	return 0;
}
