/* mremap(2): nothing there, crooked, zero, across mappings, unknown flags */
#include "t.h"

int main(void)
{
	char *m = T_OK(mmap(NULL, 4 * 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));

	T_OK(munmap(m + 4096, 4096));
	T_ERR(mremap(m + 4096, 4096, 8192, MREMAP_MAYMOVE), EFAULT);
	T_ERR(mremap(m, 3 * 4096, 4 * 4096, MREMAP_MAYMOVE), EFAULT);
	T_ERR(mremap(m + 1, 4096, 8192, MREMAP_MAYMOVE), EINVAL);
	T_ERR(mremap(m, 4096, 0, MREMAP_MAYMOVE), EINVAL);
	T_ERR(mremap(m, 4096, 8192, 0x80), EINVAL);
	return 0;
}
