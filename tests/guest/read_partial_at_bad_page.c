/* a read whose buffer runs into a hole fills what is there, or EFAULT */
#include "t.h"

int main(void)
{
	char *page =
		T_OK(mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	int p[2];
	ssize_t got;

	T_OK(munmap(page + 4096, 4096));
	T_OK(pipe(p));
	T_EQ(write(p[1], "0123456789", 10), 10);
	got = read(p[0], page + 4096 - 4, 10);
	T_TRUE(got == 4 || (got == -1 && errno == EFAULT));
	return 0;
}
