/* alarm(2) returns what was left of the previous one, rounded up */
#include "t.h"

int main(void)
{
	T_EQ(alarm(100), 0);
	T_EQ(alarm(50), 100);
	T_EQ(alarm(0), 50);
	T_EQ(alarm(0), 0);
	return 0;
}
