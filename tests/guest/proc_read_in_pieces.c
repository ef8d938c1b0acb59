/* a file of /proc read byte by byte is the same as in one piece */
#include "t.h"

int main(void)
{
	static char whole[8192], pieces[8192];
	size_t n, got = 0;
	int fd = T_OK(open("/proc/self/limits", O_RDONLY));

	n = t_read_file("/proc/self/limits", whole, sizeof(whole));
	T_GT(n, 100);
	while (got < sizeof(pieces) - 1 && read(fd, pieces + got, 1) == 1)
		got++;
	T_EQ(got, n);
	T_MEM(pieces, whole, n);
	T_EQ(pread(fd, pieces, 10, 5), 10);
	T_MEM(pieces, whole + 5, 10);
	return 0;
}
