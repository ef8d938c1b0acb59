/*
 * a page of the stack, or of memory that grows down, that may not be touched
 * is EFAULT as any other
 */
#include "t.h"

int main(void)
{
	char room[5 * 4096], c = 'x';
	char *page = (char *)(((uintptr_t)room + 4095) & ~4095UL), *down;
	int p[2];

	T_OK(pipe(p));
	T_EQ(write(p[1], "abc", 3), 3);
	T_OK(mprotect(page + 4096, 4096, PROT_NONE));
	T_ERR(read(p[0], page + 4096, 1), EFAULT);
	T_ERR(write(p[1], page + 4096, 1), EFAULT);
	T_OK(mprotect(page + 4096, 4096, PROT_READ));
	T_ERR(read(p[0], page + 4096, 1), EFAULT);
	T_OK(mprotect(page + 4096, 4096, PROT_READ | PROT_WRITE));
	T_EQ(read(p[0], page + 4096, 1), 1);
	down = T_OK(mmap(NULL, 4 * 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_GROWSDOWN, -1,
			 0));
	T_ERR(read(p[0], down + 4096, 1), EFAULT);
	T_EQ(write(p[1], &c, 1), 1);
	return 0;
}
