/* /dev/urandom and /dev/random give different bytes every time */
#include "t.h"

int main(void)
{
	char a[32], b[32];
	int fd = T_OK(open("/dev/urandom", O_RDONLY)), r = T_OK(open("/dev/random", O_RDONLY));

	T_EQ(read(fd, a, 32), 32);
	T_EQ(read(fd, b, 32), 32);
	T_NE(memcmp(a, b, 32), 0);
	T_EQ(read(r, b, 32), 32);
	T_NE(memcmp(a, b, 32), 0);
	T_EQ(write(T_OK(open("/dev/urandom", O_WRONLY)), a, 4), 4);
	return 0;
}
