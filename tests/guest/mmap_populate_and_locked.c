/* MAP_POPULATE makes pages resident at once */
#include "t.h"

int main(void)
{
	unsigned char vec[16];
	char *m = T_OK(mmap(NULL, 16 * 4096, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0));
	int i;

	T_OK(mincore(m, 16 * 4096, vec));
	for (i = 0; i < 16; i++)
		T_EQ(vec[i] & 1, 1);
	return 0;
}
