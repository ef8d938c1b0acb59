/* writing behind the end leaves zeroes between */
#include "t.h"

int main(void)
{
	char buf[10];
	int fd = T_OK(open("f", O_RDWR | O_CREAT, 0644));

	T_EQ(pwrite(fd, "x", 1, 9), 1);
	T_EQ(pread(fd, buf, 10, 0), 10);
	T_MEM(buf, "\0\0\0\0\0\0\0\0\0x", 10);
	return 0;
}
