/* open returns the lowest number that is free */
#include "t.h"

int main(void)
{
	int a = T_OK(open(".", O_RDONLY)), b = T_OK(open(".", O_RDONLY)),
	    c = T_OK(open(".", O_RDONLY));

	T_EQ(b, a + 1);
	T_EQ(c, b + 1);
	T_OK(close(b));
	T_EQ(open(".", O_RDONLY), b);
	T_OK(close(a));
	T_OK(close(b));
	T_EQ(open(".", O_RDONLY), a);
	return 0;
}
