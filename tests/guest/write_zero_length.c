/* a write of nothing returns 0 and moves nothing, even from a bad address */
#include "t.h"

int main(void)
{
	int fd = T_OK(open("f", O_RDWR | O_CREAT, 0644));
	int ro;

	T_EQ(write(fd, "", 0), 0);
	T_EQ(write(fd, t_badptr(), 0), 0);
	T_EQ(lseek(fd, 0, SEEK_END), 0);
	ro = T_OK(open("f", O_RDONLY));
	T_ERR(write(ro, "", 0), EBADF);
	return 0;
}
