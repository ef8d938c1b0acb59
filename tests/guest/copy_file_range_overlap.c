/* copy_file_range(2) within one file refuses ranges that overlap */
#include "t.h"

int main(void)
{
	char buf[16];
	off_t from = 0, to = 2;
	int fd;

	t_write_file("f", "0123456789");
	fd = T_OK(open("f", O_RDWR));
	T_ERR(copy_file_range(fd, &from, fd, &to, 5, 0), EINVAL);
	to = 10;
	T_EQ(copy_file_range(fd, &from, fd, &to, 5, 0), 5);
	T_EQ(pread(fd, buf, 16, 0), 15);
	T_MEM(buf, "012345678901234", 15);
	return 0;
}
