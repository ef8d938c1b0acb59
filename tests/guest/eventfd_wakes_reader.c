/* a reader asleep wakes on a write from another process */
#include <sys/eventfd.h>

#include "t.h"

int main(void)
{
	uint64_t v;
	int fd = T_OK(eventfd(0, 0));
	pid_t pid = T_OK(fork());

	if (pid == 0) {
		T_EQ(read(fd, &v, 8), 8);
		_exit((int)v);
	}
	t_await_sleep(pid);
	v = 5;
	T_EQ(write(fd, &v, 8), 8);
	T_EXITED(pid, 5);
	return 0;
}
