/* kcmp(2) tells whether two descriptors are one open file */
#include <linux/kcmp.h>

#include "t.h"

int main(void)
{
	int a = T_OK(open(".", O_RDONLY)), b = T_OK(dup(a)), c = T_OK(open(".", O_RDONLY));
	long got = syscall(SYS_kcmp, getpid(), getpid(), KCMP_FILE, a, b);

	if (got == -1 && errno == ENOSYS)
		T_SKIP("no kcmp");
	T_EQ(got, 0);
	T_TRUE(syscall(SYS_kcmp, getpid(), getpid(), KCMP_FILE, a, c) > 0);
	T_EQ(syscall(SYS_kcmp, getpid(), getpid(), KCMP_VM, 0, 0), 0);
	T_ERR(syscall(SYS_kcmp, getpid(), getpid(), KCMP_FILE, a, 99), EBADF);
	T_ERR(syscall(SYS_kcmp, getpid(), getpid(), 99, 0, 0), EINVAL);
	return 0;
}
