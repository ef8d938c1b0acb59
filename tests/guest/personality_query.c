/* personality(2) can be read, and a flag set and read back */
#include <sys/personality.h>

#include "t.h"

int main(void)
{
	int old = personality(0xffffffff);

	T_EQ(old & 0xff, PER_LINUX);
	T_EQ(personality((unsigned long)old | ADDR_NO_RANDOMIZE), old);
	T_EQ(personality(0xffffffff), old | ADDR_NO_RANDOMIZE);
	return 0;
}
