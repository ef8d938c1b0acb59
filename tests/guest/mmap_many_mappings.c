/* thousands of mappings in a checker pattern, then gone at once */
#include "t.h"

int main(void)
{
	size_t n = 3000, i;
	char *m = T_OK(mmap(NULL, n * 2 * 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));

	for (i = 0; i < n; i += 2)
		T_OK(mprotect(m + i * 2 * 4096, 4096, PROT_READ | PROT_WRITE));
	for (i = 0; i < n; i += 2)
		m[i * 2 * 4096] = (char)i;
	for (i = 0; i < n; i += 2)
		T_EQ(m[i * 2 * 4096], (char)i);
	T_OK(munmap(m, n * 2 * 4096));
	return 0;
}
