/*
 * F_SETLEASE of a file that others have open is EAGAIN; F_GETLEASE says what
 * is held
 */
#include "t.h"

int main(void)
{
	int a = T_OK(open("f", O_RDWR | O_CREAT, 0644)), b;

	T_EQ(fcntl(a, F_GETLEASE), F_UNLCK);
	if (fcntl(a, F_SETLEASE, F_WRLCK) == -1 &&
	    (errno == EINVAL || errno == EAGAIN || errno == EACCES))
		T_SKIP("no leases here");
	T_EQ(fcntl(a, F_GETLEASE), F_WRLCK);
	T_OK(fcntl(a, F_SETLEASE, F_UNLCK));
	b = T_OK(open("f", O_RDONLY));
	T_ERR(fcntl(a, F_SETLEASE, F_WRLCK), EAGAIN);
	T_ERR(fcntl(a, F_SETLEASE, 77), EINVAL);
	T_OK(close(b));
	return 0;
}
