/* writev(2) writes the buffers in order, as one write */
#include "t.h"

int main(void)
{
	struct iovec iov[3] = {{(char *)"ab", 2}, {(char *)"cde", 3}, {(char *)"f", 1}};
	char buf[10];
	int fd = T_OK(open("f", O_RDWR | O_CREAT, 0644));

	T_EQ(writev(fd, iov, 3), 6);
	T_EQ(pread(fd, buf, 10, 0), 6);
	T_MEM(buf, "abcdef", 6);
	return 0;
}
