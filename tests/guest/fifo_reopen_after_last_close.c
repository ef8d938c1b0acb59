/* what was left in a fifo is gone when the last end closes */
#include "t.h"

int main(void)
{
	char c;
	int fd;

	T_OK(mkfifo("p", 0644));
	fd = T_OK(open("p", O_RDWR | O_NONBLOCK));
	t_post(fd);
	T_OK(close(fd));
	fd = T_OK(open("p", O_RDWR | O_NONBLOCK));
	T_ERR(read(fd, &c, 1), EAGAIN);
	return 0;
}
