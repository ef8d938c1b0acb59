/* F_GETFL shows access mode and status flags, not the creation flags */
#include "t.h"

int main(void)
{
	int fd = T_OK(
		open("f", O_RDWR | O_CREAT | O_TRUNC | O_APPEND | O_NONBLOCK | O_CLOEXEC, 0644));

	T_EQ(fcntl(fd, F_GETFL) & ~O_LARGEFILE & ~0100000, O_RDWR | O_APPEND | O_NONBLOCK);
	T_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
	fd = T_OK(open("f", O_WRONLY));
	T_EQ(fcntl(fd, F_GETFL) & O_ACCMODE, O_WRONLY);
	T_EQ(fcntl(fd, F_GETFD), 0);
	return 0;
}
