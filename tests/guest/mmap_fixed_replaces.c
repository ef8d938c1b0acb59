/* MAP_FIXED takes the place of what was mapped there, in part */
#include "t.h"

int main(void)
{
	char *m = T_OK(
		mmap(NULL, 5 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));

	memset(m, 'a', 5 * 4096);
	T_TRUE(mmap(m + 4096, 2 * 4096, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == m + 4096);
	T_EQ(m[4095], 'a');
	T_EQ(m[4096], 0);
	T_EQ(m[3 * 4096 - 1], 0);
	T_EQ(m[3 * 4096], 'a');
	return 0;
}
