/* lseek(2) from start, position and end, and past the end */
#include "t.h"

int main(void)
{
	int fd;

	t_write_file("f", "0123456789");
	fd = T_OK(open("f", O_RDONLY));
	T_EQ(lseek(fd, 4, SEEK_SET), 4);
	T_EQ(lseek(fd, 3, SEEK_CUR), 7);
	T_EQ(lseek(fd, -2, SEEK_CUR), 5);
	T_EQ(lseek(fd, -1, SEEK_END), 9);
	T_EQ(lseek(fd, 100, SEEK_END), 110);
	return 0;
}
