/* a shared file mapping that grows shows more of the file */
#include "t.h"

int main(void)
{
	char *m, *n;
	int fd = T_OK(open("f", O_RDWR | O_CREAT, 0644));

	T_OK(ftruncate(fd, 4 * 4096));
	T_EQ(pwrite(fd, "end", 3, 3 * 4096), 3);
	m = T_OK(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
	m[0] = 's';
	n = T_OK(mremap(m, 4096, 4 * 4096, MREMAP_MAYMOVE));
	T_EQ(n[0], 's');
	T_MEM(n + 3 * 4096, "end", 3);
	return 0;
}
