/* /dev/null, /dev/zero and /dev/full */
#include "t.h"

int main(void)
{
	char buf[100];
	int fd, i;

	fd = T_OK(open("/dev/null", O_RDWR));
	T_EQ(read(fd, buf, 10), 0);
	T_EQ(write(fd, buf, 10), 10);
	T_EQ(lseek(fd, 1000, SEEK_SET), 0);
	fd = T_OK(open("/dev/zero", O_RDWR));
	memset(buf, 1, sizeof(buf));
	T_EQ(read(fd, buf, 100), 100);
	for (i = 0; i < 100; i++)
		T_EQ(buf[i], 0);
	T_EQ(write(fd, buf, 100), 100);
	fd = T_OK(open("/dev/full", O_RDWR));
	T_EQ(read(fd, buf, 100), 100);
	T_ERR(write(fd, buf, 1), ENOSPC);
	return 0;
}
