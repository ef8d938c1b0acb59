/* F_SETFL can set and clear O_APPEND */
#include "t.h"

int main(void)
{
	char buf[8];
	int fd;

	t_write_file("f", "abc");
	fd = T_OK(open("f", O_RDWR));
	T_OK(fcntl(fd, F_SETFL, O_APPEND));
	T_EQ(write(fd, "d", 1), 1);
	T_OK(fcntl(fd, F_SETFL, 0));
	T_EQ(lseek(fd, 0, SEEK_SET), 0);
	T_EQ(write(fd, "X", 1), 1);
	T_EQ(pread(fd, buf, 8, 0), 4);
	T_MEM(buf, "Xbcd", 4);
	return 0;
}
