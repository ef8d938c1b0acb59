/* MREMAP_DONTUNMAP leaves an empty mapping where the memory was */
#include "t.h"

int main(void)
{
	char *a = T_OK(
		     mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)),
	     *b;

	a[0] = 'x';
	b = (char *)syscall(SYS_mremap, a, 4096, 4096, MREMAP_MAYMOVE | 4, NULL);
	if (b == MAP_FAILED && errno == EINVAL)
		T_SKIP("no MREMAP_DONTUNMAP");
	T_TRUE(b != MAP_FAILED && b != a);
	T_EQ(b[0], 'x');
	T_EQ(a[0], 0);
	return 0;
}
