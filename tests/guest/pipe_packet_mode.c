/*
 * O_DIRECT keeps the borders of writes: a read takes one packet and loses the
 * rest of it
 */
#include "t.h"

int main(void)
{
	char buf[16];
	int p[2];

	T_OK(pipe2(p, O_DIRECT));
	T_EQ(write(p[1], "first", 5), 5);
	T_EQ(write(p[1], "second", 6), 6);
	T_EQ(read(p[0], buf, 3), 3);
	T_MEM(buf, "fir", 3);
	T_EQ(read(p[0], buf, 16), 6);
	T_MEM(buf, "second", 6);
	return 0;
}
