/* madvise(2): crooked address, a hole, unknown advice */
#include "t.h"

int main(void)
{
	char *m = T_OK(
		mmap(NULL, 3 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));

	T_OK(munmap(m + 4096, 4096));
	T_ERR(madvise(m + 1, 4096, MADV_NORMAL), EINVAL);
	T_ERR(madvise(m, 4096, 9999), EINVAL);
	T_ERR(madvise(m, 3 * 4096, MADV_DONTNEED), ENOMEM);
	T_OK(madvise(m, 0, MADV_DONTNEED));
	T_OK(madvise(m, 4096, MADV_SEQUENTIAL));
	T_OK(madvise(m, 4096, MADV_WILLNEED));
	return 0;
}
