/* /proc/self/mem reads and writes the process's memory */
#include "t.h"

int main(void)
{
	char secret[8] = "before", buf[8];
	int fd = T_OK(open("/proc/self/mem", O_RDWR));

	T_EQ(pread(fd, buf, 6, (off_t)(uintptr_t)secret), 6);
	T_MEM(buf, "before", 6);
	T_EQ(pwrite(fd, "after!", 6, (off_t)(uintptr_t)secret), 6);
	T_STR((char *)(volatile char *)secret, "after!");
	T_ERR(pread(fd, buf, 6, 8), EIO);
	return 0;
}
