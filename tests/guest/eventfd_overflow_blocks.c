/* a write that would overflow waits or is EAGAIN; poll says writable or not */
#include <sys/eventfd.h>

#include "t.h"

int main(void)
{
	uint64_t v = UINT64_MAX - 1;
	struct pollfd pfd;
	int fd = T_OK(eventfd(0, 0));
	pid_t pid;

	T_EQ(write(fd, &v, 8), 8);
	pfd = (struct pollfd){.fd = fd, .events = POLLIN | POLLOUT};
	T_EQ(poll(&pfd, 1, 0), 1);
	T_EQ(pfd.revents, POLLIN);
	pid = T_OK(fork());
	if (pid == 0) {
		v = 1;
		T_EQ(write(fd, &v, 8), 8);
		_exit(0);
	}
	t_await_sleep(pid);
	T_EQ(read(fd, &v, 8), 8);
	T_EQ(v, UINT64_MAX - 1);
	t_reap(pid);
	T_EQ(read(fd, &v, 8), 8);
	T_EQ(v, 1);
	return 0;
}
