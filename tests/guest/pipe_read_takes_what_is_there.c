/* a blocking read returns as soon as there is anything */
#include "t.h"

int main(void)
{
	char buf[100];
	int p[2];

	T_OK(pipe(p));
	T_EQ(write(p[1], "ab", 2), 2);
	T_EQ(write(p[1], "cd", 2), 2);
	T_EQ(read(p[0], buf, 100), 4);
	T_MEM(buf, "abcd", 4);
	T_EQ(read(p[0], buf, 0), 0);
	return 0;
}
