/*
 * F_SETPIPE_SZ rounds up to a power of two of pages; a full pipe is EBUSY to
 * shrink
 */
#include "t.h"

int main(void)
{
	static char buf[65536];
	int p[2], fd;

	T_OK(pipe2(p, O_NONBLOCK));
	T_EQ(fcntl(p[0], F_GETPIPE_SZ), 65536);
	T_EQ(fcntl(p[0], F_SETPIPE_SZ, 5000), 8192);
	T_EQ(fcntl(p[1], F_GETPIPE_SZ), 8192);
	T_EQ(write(p[1], buf, sizeof(buf)), 8192);
	T_ERR(fcntl(p[1], F_SETPIPE_SZ, 4096), EBUSY);
	T_EQ(fcntl(p[1], F_SETPIPE_SZ, 131072), 131072);
	T_EQ(write(p[1], buf, sizeof(buf)), sizeof(buf));
	fd = T_OK(open(".", O_RDONLY));
	T_ERR(fcntl(fd, F_GETPIPE_SZ), EBADF);
	return 0;
}
