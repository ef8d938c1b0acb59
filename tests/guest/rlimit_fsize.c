/* RLIMIT_FSIZE: a write is cut at the limit, then SIGXFSZ and EFBIG */
#include <sys/resource.h>

#include "t.h"

int main(void)
{
	struct rlimit r = {1000, 1000};
	char buf[800] = {0};
	pid_t pid;
	int fd = T_OK(open("f", O_RDWR | O_CREAT, 0644));

	T_OK(setrlimit(RLIMIT_FSIZE, &r));
	T_EQ(write(fd, buf, 800), 800);
	T_EQ(write(fd, buf, 800), 200);
	pid = T_OK(fork());
	if (pid == 0) {
		write(fd, buf, 1);
		_exit(0);
	}
	T_SIGNALED(pid, SIGXFSZ);
	t_on_signal(SIGXFSZ, SIG_IGN, 0);
	T_ERR(write(fd, buf, 1), EFBIG);
	T_ERR(ftruncate(fd, 1001), EFBIG);
	T_OK(ftruncate(fd, 1000));
	T_ERR(pwrite(fd, buf, 1, 5000), EFBIG);
	return 0;
}
