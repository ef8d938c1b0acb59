/* access mode 3 needs read and write permission and gives neither */
#include "t.h"

int main(void)
{
	char c;
	int fd;

	t_write_file("f", "x");
	fd = T_OK(open("f", 3));
	T_ERR(read(fd, &c, 1), EBADF);
	T_ERR(write(fd, &c, 1), EBADF);
	return 0;
}
