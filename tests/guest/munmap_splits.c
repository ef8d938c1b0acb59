/* munmap(2) of the middle leaves both sides; of nothing it succeeds */
#include "t.h"

int main(void)
{
	char *m = T_OK(
		mmap(NULL, 5 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	int p[2];

	memset(m, 'a', 5 * 4096);
	T_OK(pipe(p));
	T_OK(munmap(m + 2 * 4096, 4096));
	T_EQ(m[0], 'a');
	T_EQ(m[4 * 4096], 'a');
	T_ERR(write(p[1], m + 2 * 4096, 1), EFAULT);
	T_OK(munmap(m + 2 * 4096, 4096));
	T_OK(munmap(m, 5 * 4096));
	T_ERR(munmap(m + 1, 4096), EINVAL);
	T_ERR(munmap(m, 0), EINVAL);
	T_ERR(munmap((void *)(1UL << 47), 4096), EINVAL);
	return 0;
}
