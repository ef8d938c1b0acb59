/* two processes that wait for each other: one of them gets EDEADLK */
#include "t.h"

int main(void)
{
	struct flock one = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0, .l_len = 1};
	struct flock two = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 1, .l_len = 1};
	int fd = T_OK(open("f", O_RDWR | O_CREAT, 0644)), p[2];
	pid_t pid;

	T_OK(pipe(p));
	T_OK(fcntl(fd, F_SETLK, &one));
	pid = T_OK(fork());
	if (pid == 0) {
		T_OK(fcntl(fd, F_SETLK, &two));
		t_post(p[1]);
		T_OK(fcntl(fd, F_SETLKW, &one));
		_exit(0);
	}
	t_take(p[0]);
	t_await_sleep(pid);
	T_ERR(fcntl(fd, F_SETLKW, &two), EDEADLK);
	one.l_type = F_UNLCK;
	T_OK(fcntl(fd, F_SETLK, &one));
	t_reap(pid);
	return 0;
}
