/* write(2) on a descriptor that is closed, absurd or open for reading only */
#include "t.h"

int main(void)
{
	int fd = T_OK(open("f", O_RDONLY | O_CREAT, 0644));

	T_ERR(write(fd, "x", 1), EBADF);
	T_OK(close(fd));
	T_ERR(write(fd, "x", 1), EBADF);
	T_ERR(write(-1, "x", 1), EBADF);
	T_ERR(write(INT_MAX, "x", 1), EBADF);
	return 0;
}
