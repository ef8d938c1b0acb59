/* truncate(2) cuts, and grows with zeroes */
#include "t.h"

int main(void)
{
	char buf[16];
	int fd;

	t_write_file("f", "0123456789");
	T_OK(truncate("f", 4));
	fd = T_OK(open("f", O_RDWR));
	T_EQ(pread(fd, buf, 16, 0), 4);
	T_OK(ftruncate(fd, 8));
	T_EQ(pread(fd, buf, 16, 0), 8);
	T_MEM(buf, "0123\0\0\0\0", 8);
	T_EQ(lseek(fd, 0, SEEK_CUR), 0);
	return 0;
}
