/* /proc/self/fdinfo/N shows position and flags */
#include "t.h"

int main(void)
{
	char path[64], buf[512];
	long pos = -1;
	unsigned flags = 0;
	int fd = T_OK(open("f", O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644));

	T_EQ(write(fd, "12345", 5), 5);
	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	t_read_file(path, buf, sizeof(buf));
	T_EQ(sscanf(buf, "pos:\t%ld\nflags:\t%o\n", &pos, &flags), 2);
	T_EQ(pos, 5);
	T_EQ(flags & (O_ACCMODE | O_APPEND | O_CLOEXEC), O_RDWR | O_APPEND | O_CLOEXEC);
	return 0;
}
