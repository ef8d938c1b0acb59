/* readv(2) fills one buffer after the other, skipping empty ones */
#include "t.h"

int main(void)
{
	char a[3], b[4], c[10];
	struct iovec iov[4] = {{a, 3}, {NULL, 0}, {b, 4}, {c, 10}};
	int fd;

	t_write_file("f", "abcdefghij");
	fd = T_OK(open("f", O_RDONLY));
	T_EQ(readv(fd, iov, 4), 10);
	T_MEM(a, "abc", 3);
	T_MEM(b, "defg", 4);
	T_MEM(c, "hij", 3);
	return 0;
}
