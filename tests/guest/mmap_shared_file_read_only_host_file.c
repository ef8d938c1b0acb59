/*
 * a private mapping of a file that only others write, read through the mapping
 * and by read
 */
#include "t.h"

int main(void)
{
	static char a[4096];
	char *m;
	int fd = T_OK(open("/proc/self/exe", O_RDONLY));

	T_EQ(pread(fd, a, sizeof(a), 0), sizeof(a));
	m = T_OK(mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0));
	T_MEM(m, a, 4096);
	T_ERR(mprotect(m, 4096, PROT_READ | PROT_WRITE), EACCES);
	return 0;
}
