/* read(2) of a pipe gives what is left, then 0 when no writer remains */
#include "t.h"

int main(void)
{
	char buf[8];
	int p[2];

	T_OK(pipe(p));
	T_EQ(write(p[1], "ab", 2), 2);
	T_OK(close(p[1]));
	T_EQ(read(p[0], buf, 8), 2);
	T_EQ(read(p[0], buf, 8), 0);
	T_EQ(read(p[0], buf, 8), 0);
	return 0;
}
