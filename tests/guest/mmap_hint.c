/* a free hint is taken, a taken one is not */
#include "t.h"

int main(void)
{
	char *m = T_OK(mmap(NULL, 3 * 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)), *n;

	T_OK(munmap(m, 3 * 4096));
	n = T_OK(mmap(m, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	T_TRUE(n == m);
	n = T_OK(mmap(m, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	T_TRUE(n != m);
	return 0;
}
