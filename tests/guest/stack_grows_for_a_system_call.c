/* A read into stack that was never touched: the kernel's own access makes it grow, to its limit. */
#include <sys/resource.h>

#include "t.h"

static ssize_t read_at(int fd, char *at, size_t size)
{
	return syscall(SYS_read, fd, at, size);
}

int main(void)
{
	char here;
	char *sp = (char *)((uintptr_t)&here & ~4095ul);
	int fd = T_OK(open("/dev/zero", O_RDONLY)), null = T_OK(open("/dev/null", O_WRONLY));
	struct rlimit r;

	T_OK(getrlimit(RLIMIT_STACK, &r));
	if (r.rlim_cur < 4 << 20 || r.rlim_cur > 1 << 30)
		T_SKIP("a stack limit that is not the usual one");
	T_EQ(read_at(fd, sp - (1 << 20), 4096), 4096);
	T_EQ(*(volatile char *)(sp - (1 << 20)), 0);
	/* From memory that is only read, too; and for a struct that is written. */
	T_EQ(write(null, sp - (2 << 20), 4096), 4096);
	T_OK(fstat(fd, (struct stat *)(void *)(sp - (3 << 20))));
	T_ERR(read_at(fd, sp - (long)r.rlim_cur - (1 << 20), 4096), EFAULT);
	return 0;
}
