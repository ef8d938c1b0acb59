/* dup(2) takes the lowest free number and does not copy close-on-exec */
#include "t.h"

int main(void)
{
	int a = T_OK(open(".", O_RDONLY | O_CLOEXEC)), b = T_OK(dup(a));

	T_EQ(b, a + 1);
	T_EQ(fcntl(b, F_GETFD), 0);
	T_ERR(dup(-1), EBADF);
	T_ERR(dup(100), EBADF);
	return 0;
}
