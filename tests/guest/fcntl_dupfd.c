/* F_DUPFD takes the lowest number from a bound on; F_DUPFD_CLOEXEC marks it */
#include "t.h"

int main(void)
{
	T_EQ(fcntl(0, F_DUPFD, 50), 50);
	T_EQ(fcntl(0, F_DUPFD, 50), 51);
	T_EQ(fcntl(0, F_DUPFD_CLOEXEC, 50), 52);
	T_EQ(fcntl(50, F_GETFD), 0);
	T_EQ(fcntl(52, F_GETFD), FD_CLOEXEC);
	T_ERR(fcntl(0, F_DUPFD, -1), EINVAL);
	T_ERR(fcntl(99, F_DUPFD, 0), EBADF);
	return 0;
}
