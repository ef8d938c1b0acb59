/* F_SETFD belongs to the number, not to the open file */
#include "t.h"

int main(void)
{
	int a = T_OK(open(".", O_RDONLY)), b = T_OK(dup(a));

	T_OK(fcntl(a, F_SETFD, FD_CLOEXEC));
	T_EQ(fcntl(a, F_GETFD), FD_CLOEXEC);
	T_EQ(fcntl(b, F_GETFD), 0);
	T_OK(fcntl(a, F_SETFD, 0));
	T_EQ(fcntl(a, F_GETFD), 0);
	T_ERR(fcntl(99, F_SETFD, 0), EBADF);
	return 0;
}
