/* read(2) gives what there is, then 0 */
#include "t.h"

int main(void)
{
	char buf[100];
	int fd;

	t_write_file("f", "0123456789");
	fd = T_OK(open("f", O_RDONLY));
	T_EQ(read(fd, buf, 4), 4);
	T_EQ(read(fd, buf + 4, 100 - 4), 6);
	T_MEM(buf, "0123456789", 10);
	T_EQ(read(fd, buf, 100), 0);
	T_EQ(read(fd, buf, 100), 0);
	T_OK(lseek(fd, 1000, SEEK_SET));
	T_EQ(read(fd, buf, 100), 0);
	return 0;
}
