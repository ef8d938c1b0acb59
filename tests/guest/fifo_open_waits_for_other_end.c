/* open of a fifo sleeps until both ends are there */
#include "t.h"

int main(void)
{
	char c;
	pid_t pid;
	int fd;

	T_OK(mkfifo("p", 0644));
	pid = T_OK(fork());
	if (pid == 0) {
		fd = T_OK(open("p", O_RDONLY));
		T_EQ(read(fd, &c, 1), 1);
		T_EQ(read(fd, &c, 1), 0);
		_exit(0);
	}
	t_await_sleep(pid);
	fd = T_OK(open("p", O_WRONLY));
	T_EQ(write(fd, "x", 1), 1);
	T_OK(close(fd));
	t_reap(pid);
	return 0;
}
