/*
 * write(2) from memory that is not there: EFAULT, or what could be taken
 * before it
 */
#include "t.h"

int main(void)
{
	char *page =
		T_OK(mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	int fd = T_OK(open("f", O_RDWR | O_CREAT, 0644));
	ssize_t got;

	T_ERR(write(fd, t_badptr(), 10), EFAULT);
	T_OK(munmap(page + 4096, 4096));
	T_ERR(write(fd, page + 4096, 10), EFAULT);
	T_EQ(lseek(fd, 0, SEEK_END), 0);
	got = write(fd, page, 8192);
	T_TRUE(got == 4096 || (got == -1 && errno == EFAULT));
	return 0;
}
