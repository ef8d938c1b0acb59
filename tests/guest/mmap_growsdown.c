/* MAP_GROWSDOWN memory grows when the page below it is touched */
#include "t.h"

int main(void)
{
	char *room = T_OK(mmap(NULL, 300 * 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	volatile char *m;

	T_OK(munmap(room, 300 * 4096));
	m = T_OK(mmap(room + 299 * 4096, 4096, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_GROWSDOWN, -1, 0));
	m[0] = 1;
	m[-1] = 2;
	m[-4097] = 3;
	T_EQ(m[-1], 2);
	T_EQ(m[-4097], 3);
	return 0;
}
