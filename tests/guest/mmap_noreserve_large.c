/* a terabyte of address space can be reserved and touched here and there */
#include "t.h"

int main(void)
{
	size_t size = 1UL << 40;
	volatile char *m =
		mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (m == MAP_FAILED && errno == ENOMEM)
		T_SKIP("no room for a terabyte");
	T_OK(mprotect((char *)m + size / 2, 4096, PROT_READ | PROT_WRITE));
	m[size / 2 + 5] = 1;
	T_OK(munmap((char *)m, size));
	return 0;
}
