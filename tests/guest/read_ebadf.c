/* read(2) on a descriptor that is closed, absurd or open for writing only */
#include "t.h"

int main(void)
{
	char c;
	int fd = T_OK(open("f", O_WRONLY | O_CREAT, 0644));

	T_ERR(read(fd, &c, 1), EBADF);
	T_ERR(read(fd, &c, 0), EBADF);
	T_OK(close(fd));
	T_ERR(read(fd, &c, 1), EBADF);
	T_ERR(read(-1, &c, 1), EBADF);
	T_ERR(read(1 << 20, &c, 1), EBADF);
	return 0;
}
