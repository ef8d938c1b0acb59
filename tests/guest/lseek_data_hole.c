/* SEEK_DATA and SEEK_HOLE: the end is a hole, behind it is ENXIO */
#include "t.h"

int main(void)
{
	int fd;

	t_write_file("f", "0123456789");
	fd = T_OK(open("f", O_RDONLY));
	T_EQ(lseek(fd, 0, SEEK_DATA), 0);
	T_EQ(lseek(fd, 5, SEEK_DATA), 5);
	T_EQ(lseek(fd, 0, SEEK_HOLE), 10);
	T_ERR(lseek(fd, 10, SEEK_DATA), ENXIO);
	T_ERR(lseek(fd, 11, SEEK_HOLE), ENXIO);
	return 0;
}
