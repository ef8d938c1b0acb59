/* root reads and writes what no mode bit allows */
#include "t.h"

int main(void)
{
	int fd;

	t_need_root();
	t_write_file("f", "x");
	T_OK(chmod("f", 0));
	fd = T_OK(open("f", O_RDWR));
	T_EQ(write(fd, "y", 1), 1);
	return 0;
}
