/*
 * Row 24: of the descriptors the command line was started with, only 0, 1 and
 * 2 are passed on
 */
#include "a.h"

int main(void)
{
	struct dirent *d;
	DIR *dir;
	int fd;

	for (fd = 3; fd < 2000; fd++)
		T_ERR(fcntl(fd, F_GETFD), EBADF);
	dir = opendir("/proc/self/fd");
	T_TRUE(dir != NULL);
	while ((d = readdir(dir)))
		if (d->d_name[0] != '.')
			T_TRUE(atoi(d->d_name) <= 2 || atoi(d->d_name) == dirfd(dir));
	closedir(dir);
	/* the twin: the standard streams are there */
	for (fd = 0; fd < 3; fd++)
		T_OK(fcntl(fd, F_GETFD));
	return 0;
}
