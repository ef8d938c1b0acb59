/* read(2) into memory that is not there or may not be written */
#include "t.h"

int main(void)
{
	char *ro = T_OK(mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	int fd;

	t_write_file("f", "text");
	fd = T_OK(open("f", O_RDONLY));
	T_ERR(read(fd, t_badptr(), 4), EFAULT);
	T_ERR(read(fd, ro, 4), EFAULT);
	T_ERR(read(fd, (void *)(uintptr_t)0xffff800000000000, 4), EFAULT);
	return 0;
}
