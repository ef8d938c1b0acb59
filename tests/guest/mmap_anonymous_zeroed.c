/* fresh anonymous memory is zero, writable, and gone after munmap */
#include "t.h"

int main(void)
{
	size_t size = 1 << 20, i;
	unsigned char *m =
		T_OK(mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	int p[2];

	T_EQ((uintptr_t)m % 4096, 0);
	for (i = 0; i < size; i += 509)
		T_EQ(m[i], 0);
	memset(m, 0xff, size);
	T_OK(munmap(m, size));
	T_OK(pipe(p));
	T_ERR(write(p[1], m, 1), EFAULT);
	return 0;
}
