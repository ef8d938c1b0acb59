/* a private mapping shows the file; changes stay with the process */
#include "t.h"

int main(void)
{
	char *m, buf[8];
	int fd;

	t_write_file("f", "original");
	fd = T_OK(open("f", O_RDONLY));
	m = T_OK(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0));
	T_OK(close(fd));
	T_MEM(m, "original", 8);
	T_EQ(m[8], 0);
	m[0] = 'O';
	t_read_file("f", buf, sizeof(buf));
	T_MEM(buf, "origina", 7);
	return 0;
}
