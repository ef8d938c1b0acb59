/* readv(2) and writev(2): bad counts, bad vectors, bad buffers */
#include "t.h"

int main(void)
{
	char c;
	struct iovec iov[2] = {{&c, 1}, {&c, (size_t)-1}};
	struct iovec bad = {t_badptr(), 1};
	int fd;

	t_write_file("f", "x");
	fd = T_OK(open("f", O_RDWR));
	T_ERR(readv(fd, iov, -1), EINVAL);
	T_ERR(writev(fd, iov, -1), EINVAL);
	T_ERR(readv(fd, iov, IOV_MAX + 1), EINVAL);
	T_ERR(readv(fd, t_badptr(), 1), EFAULT);
	T_ERR(writev(fd, t_badptr(), 1), EFAULT);
	T_ERR(readv(fd, iov, 2), EINVAL);
	T_ERR(readv(fd, &bad, 1), EFAULT);
	T_ERR(writev(fd, &bad, 1), EFAULT);
	T_ERR(readv(-1, iov, 1), EBADF);
	T_EQ(readv(fd, iov, 0), 0);
	return 0;
}
