/* Row 12: no io_uring, by which system calls could be made that nobody sees */
#include "a.h"

int main(void)
{
	char params[256] = {0};
	long fd = syscall(425, 8, params);

	T_EQ(fd, -1);
	T_TRUE(errno == ENOSYS || errno == EPERM);
	T_EQ(syscall(426, 0, 1, 0, 0, NULL, 0), -1);
	T_EQ(syscall(427, 0, 0, NULL, 0), -1);
	a_survives();
	return 0;
}
