/* statfs(2) and fstatfs(2) give a type, block size and name length */
#include <sys/vfs.h>

#include "t.h"

int main(void)
{
	struct statfs a, b;
	int fd = T_OK(open(".", O_RDONLY));

	T_OK(statfs(".", &a));
	T_OK(fstatfs(fd, &b));
	T_NE(a.f_type, 0);
	T_EQ(a.f_type, b.f_type);
	T_GT(a.f_bsize, 0);
	T_EQ(a.f_namelen, 255);
	T_LE(a.f_bfree, a.f_blocks);
	T_OK(statfs("/proc", &a));
	T_EQ(a.f_type, 0x9fa0);
	T_ERR(statfs("absent", &a), ENOENT);
	T_ERR(fstatfs(-1, &a), EBADF);
	T_ERR(syscall(SYS_statfs, ".", t_badptr()), EFAULT);
	return 0;
}
