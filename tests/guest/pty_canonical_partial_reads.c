/*
 * a canonical line is read in parts; two lines are two reads; ^D ends a line
 * without a newline
 */
#include <pty.h>

#include "t.h"

int main(void)
{
	char buf[64];
	int m, s;

	T_OK(openpty(&m, &s, NULL, NULL, NULL));
	T_EQ(write(m, "one\ntwo\nx\004\004", 11), 11);
	T_EQ(read(s, buf, 2), 2);
	T_EQ(read(s, buf, 64), 2);
	T_MEM(buf, "e\n", 2);
	T_EQ(read(s, buf, 64), 4);
	T_MEM(buf, "two\n", 4);
	T_EQ(read(s, buf, 64), 1);
	T_EQ(read(s, buf, 64), 0);
	return 0;
}
