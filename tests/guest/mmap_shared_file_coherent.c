/*
 * a shared mapping and read and write of the file see each other's changes at
 * once
 */
#include "t.h"

int main(void)
{
	char *m, *m2, buf[8];
	int fd;

	t_write_file("f", "0123456789");
	fd = T_OK(open("f", O_RDWR));
	m = T_OK(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
	m2 = T_OK(mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0));
	m[3] = 'X';
	T_EQ(m2[3], 'X');
	T_EQ(pread(fd, buf, 8, 0), 8);
	T_MEM(buf, "012X4567", 8);
	T_EQ(pwrite(fd, "YY", 2, 5), 2);
	T_MEM(m, "012X4YY789", 10);
	T_OK(munmap(m, 4096));
	T_EQ(pread(fd, buf, 8, 0), 8);
	T_MEM(buf, "012X4YY7", 8);
	return 0;
}
