/* msync(2): flags that exclude each other, holes, crooked addresses */
#include "t.h"

int main(void)
{
	char *m;
	int fd = T_OK(open("f", O_RDWR | O_CREAT, 0644));

	T_OK(ftruncate(fd, 8192));
	m = T_OK(mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
	m[0] = 'x';
	T_OK(msync(m, 4096, MS_SYNC));
	T_OK(msync(m, 8192, MS_ASYNC));
	T_ERR(msync(m, 4096, MS_SYNC | MS_ASYNC), EINVAL);
	T_ERR(msync(m, 4096, 0x80), EINVAL);
	T_ERR(msync(m + 1, 4096, MS_SYNC), EINVAL);
	T_OK(munmap(m + 4096, 4096));
	T_ERR(msync(m, 8192, MS_SYNC), ENOMEM);
	return 0;
}
