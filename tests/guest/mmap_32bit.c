/* MAP_32BIT gives memory in the first two gigabytes */
#include "t.h"

int main(void)
{
	void *m = T_OK(mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0));

	T_LT((uintptr_t)m, 1UL << 31);
	return 0;
}
