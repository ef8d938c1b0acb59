/* lseek(2): before the start, unknown whence, bad descriptor */
#include "t.h"

int main(void)
{
	int fd = T_OK(open("f", O_RDWR | O_CREAT, 0644));

	T_ERR(lseek(fd, -1, SEEK_SET), EINVAL);
	T_ERR(lseek(fd, -1, SEEK_END), EINVAL);
	T_ERR(lseek(fd, 0, 99), EINVAL);
	T_ERR(lseek(-1, 0, SEEK_SET), EBADF);
	T_EQ(lseek(fd, 0, SEEK_CUR), 0);
	return 0;
}
