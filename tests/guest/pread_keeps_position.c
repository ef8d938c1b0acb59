/*
 * pread(2) and pwrite(2) leave the position alone; a negative offset is EINVAL
 */
#include "t.h"

int main(void)
{
	char buf[4];
	int fd;

	t_write_file("f", "0123456789");
	fd = T_OK(open("f", O_RDWR));
	T_OK(lseek(fd, 3, SEEK_SET));
	T_EQ(pread(fd, buf, 4, 6), 4);
	T_MEM(buf, "6789", 4);
	T_EQ(pwrite(fd, "X", 1, 0), 1);
	T_EQ(lseek(fd, 0, SEEK_CUR), 3);
	T_EQ(pread(fd, buf, 1, 0), 1);
	T_EQ(buf[0], 'X');
	T_ERR(pread(fd, buf, 1, -1), EINVAL);
	T_ERR(pwrite(fd, buf, 1, -1), EINVAL);
	T_ERR(pread(-1, buf, 1, 0), EBADF);
	return 0;
}
