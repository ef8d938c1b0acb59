/*
 * MADV_DONTNEED: private memory is zero again, file memory is the file's again
 */
#include "t.h"

int main(void)
{
	char *a = T_OK(mmap(NULL, 2 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			    0)),
	     *b;
	int fd;

	memset(a, 'x', 8192);
	T_OK(madvise(a, 4096, MADV_DONTNEED));
	T_EQ(((volatile char *)a)[0], 0);
	T_EQ(a[4096], 'x');
	t_write_file("f", "file");
	fd = T_OK(open("f", O_RDONLY));
	b = T_OK(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0));
	b[0] = 'X';
	T_OK(madvise(b, 4096, MADV_DONTNEED));
	T_EQ(((volatile char *)b)[0], 'f');
	return 0;
}
