/*
 * mremap(2) grows in place where it can, moves where it may, and keeps the
 * bytes
 */
#include "t.h"

int main(void)
{
	char *m = T_OK(mmap(NULL, 8 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			    0)),
	     *n;
	int p[2];

	T_OK(pipe(p));
	memset(m, 'a', 8 * 4096);
	T_OK(munmap(m + 2 * 4096, 4096));
	T_TRUE(mremap(m, 2 * 4096, 3 * 4096, 0) == m);
	T_EQ(m[2 * 4096], 0);
	T_ERR(mremap(m, 3 * 4096, 4 * 4096, 0), ENOMEM);
	n = T_OK(mremap(m, 3 * 4096, 20 * 4096, MREMAP_MAYMOVE));
	T_TRUE(n != m);
	T_EQ(n[0], 'a');
	T_EQ(n[8191], 'a');
	T_EQ(n[19 * 4096], 0);
	T_ERR(write(p[1], m, 1), EFAULT);
	T_EQ(m[3 * 4096], 'a');
	T_TRUE(mremap(n, 20 * 4096, 4096, 0) == n);
	T_ERR(write(p[1], n + 4096, 1), EFAULT);
	return 0;
}
