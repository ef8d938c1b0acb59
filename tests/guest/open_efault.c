/* a path that cannot be read */
#include "t.h"

int main(void)
{
	char *page =
		T_OK(mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));

	T_ERR(syscall(SYS_openat, AT_FDCWD, t_badptr(), O_RDONLY, 0), EFAULT);
	T_ERR(syscall(SYS_openat, AT_FDCWD, NULL, O_RDONLY, 0), EFAULT);
	T_OK(munmap(page + 4096, 4096));
	memset(page, 'a', 4096);
	T_ERR(open(page + 4090, O_RDONLY), EFAULT);
	memcpy(page + 4094, ".", 2);
	T_OK(open(page + 4094, O_RDONLY));
	return 0;
}
