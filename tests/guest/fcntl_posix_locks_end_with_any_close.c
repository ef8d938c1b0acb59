/* closing any descriptor of the file drops the process's POSIX locks */
#include "t.h"

int main(void)
{
	struct flock fl = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	int fd = T_OK(open("f", O_RDWR | O_CREAT, 0644));
	pid_t pid;

	T_OK(fcntl(fd, F_SETLK, &fl));
	T_OK(close(T_OK(open("f", O_RDONLY))));
	pid = T_OK(fork());
	if (pid == 0) {
		T_OK(fcntl(fd, F_SETLK, &fl));
		_exit(0);
	}
	t_reap(pid);
	return 0;
}
