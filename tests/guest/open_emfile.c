/* RLIMIT_NOFILE bounds descriptor numbers */
#include <sys/resource.h>

#include "t.h"

int main(void)
{
	struct rlimit r;
	int fd = 0, last = -1;

	T_OK(getrlimit(RLIMIT_NOFILE, &r));
	r.rlim_cur = 20;
	T_OK(setrlimit(RLIMIT_NOFILE, &r));
	while ((fd = open(".", O_RDONLY)) != -1)
		last = fd;
	T_EQ(errno, EMFILE);
	T_EQ(last, 19);
	T_ERR(dup(0), EMFILE);
	T_ERR(pipe((int[2]){0}), EMFILE);
	T_ERR(dup2(0, 20), EBADF);
	T_ERR(fcntl(0, F_DUPFD, 20), EINVAL);
	return 0;
}
