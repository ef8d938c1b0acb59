/* read and write with a buffer that is a mapping of the same file */
#include "t.h"

int main(void)
{
	char *m, want[4096];
	int fd = T_OK(open("f", O_RDWR | O_CREAT, 0644)), i;

	T_OK(ftruncate(fd, 8192));
	m = T_OK(mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
	for (i = 0; i < 4096; i++)
		want[i] = m[i] = (char)(i * 3);
	T_EQ(pwrite(fd, m, 4096, 4096), 4096);
	T_MEM(m + 4096, want, 4096);
	memset(m, 0, 4096);
	T_EQ(pread(fd, m, 4096, 4096), 4096);
	T_MEM(m, want, 4096);
	return 0;
}
