/*
 * F_SETFL belongs to the open file: its duplicates see it, and the access mode
 * stays
 */
#include "t.h"

int main(void)
{
	char c;
	int p[2], copy;

	T_OK(pipe(p));
	copy = T_OK(dup(p[0]));
	T_OK(fcntl(copy, F_SETFL, O_NONBLOCK));
	T_ERR(read(p[0], &c, 1), EAGAIN);
	T_OK(fcntl(p[0], F_SETFL, O_RDWR));
	T_EQ(fcntl(copy, F_GETFL) & (O_ACCMODE | O_NONBLOCK), O_RDONLY);
	return 0;
}
