/* getcwd(2) counts the terminating zero, and ERANGE when it does not fit */
#include "t.h"

int main(void)
{
	char buf[PATH_MAX], want[PATH_MAX];
	long size;

	T_TRUE(getcwd(want, sizeof(want)) != NULL);
	size = (long)strlen(want) + 1;
	T_EQ(syscall(SYS_getcwd, buf, sizeof(buf)), size);
	T_EQ(syscall(SYS_getcwd, buf, size), size);
	T_ERR(syscall(SYS_getcwd, buf, size - 1), ERANGE);
	T_ERR(syscall(SYS_getcwd, buf, 0), ERANGE);
	T_ERR(syscall(SYS_getcwd, t_badptr(), 4096), EFAULT);
	return 0;
}
