/* MREMAP_FIXED moves onto an address, replacing what is there */
#include "t.h"

int main(void)
{
	char *a = T_OK(
		mmap(NULL, 2 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	char *b = T_OK(
		mmap(NULL, 2 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));

	memset(a, 'a', 8192);
	memset(b, 'b', 8192);
	T_TRUE(mremap(a, 4096, 4096, MREMAP_MAYMOVE | MREMAP_FIXED, b) == b);
	T_EQ(b[0], 'a');
	T_EQ(b[4096], 'b');
	T_EQ(a[4096], 'a');
	T_ERR(mremap(b, 8192, 8192, MREMAP_MAYMOVE | MREMAP_FIXED, b + 4096), EINVAL);
	T_ERR(mremap(b, 4096, 4096, MREMAP_FIXED, a), EINVAL);
	return 0;
}
