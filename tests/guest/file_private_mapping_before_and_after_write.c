/*
 * a private page that was written keeps its own bytes whatever happens to the
 * file
 */
#include "t.h"

int main(void)
{
	char *m;
	int fd;

	t_write_file("f", "aaaa");
	fd = T_OK(open("f", O_RDWR));
	m = T_OK(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0));
	m[0] = 'M';
	T_EQ(pwrite(fd, "FFFF", 4, 0), 4);
	T_EQ(m[0], 'M');
	T_EQ(m[1], 'a');
	return 0;
}
