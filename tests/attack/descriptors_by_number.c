/*
 * Row 6: numbers that a sentry might use inside the guest's host process are
 * closed to it, and its own stay its own
 */
#include "a.h"

int main(void)
{
	char path[64];
	int fd, i, p[2];

	T_OK(pipe(p));
	for (i = 0; i < 200; i++) {
		fd = T_OK(open("/bin/attack", O_RDONLY));
		T_LE(fd, 6);
		T_OK(munmap(T_OK(mmap(NULL, A_PAGE, PROT_READ, MAP_PRIVATE, fd, 0)), A_PAGE));
		T_OK(close(fd));
	}
	for (i = 5; i < 300; i++) {
		T_ERR(fcntl(i, F_GETFD), EBADF);
		T_ERR(dup(i), EBADF);
		snprintf(path, sizeof(path), "/proc/self/fd/%d", i);
		T_EQ(open(path, O_RDONLY), -1);
	}
	return 0;
}
