/* close(2) twice, and of what never was open */
#include "t.h"

int main(void)
{
	int fd = T_OK(open(".", O_RDONLY));

	T_OK(close(fd));
	T_ERR(close(fd), EBADF);
	T_ERR(close(-1), EBADF);
	T_ERR(close(INT_MIN), EBADF);
	return 0;
}
