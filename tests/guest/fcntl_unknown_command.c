/* an unknown command is EINVAL */
#include "t.h"

int main(void)
{
	T_ERR(fcntl(0, 9999), EINVAL);
	T_ERR(fcntl(99, 9999), EBADF);
	T_ERR(fcntl(99, F_GETFL), EBADF);
	return 0;
}
