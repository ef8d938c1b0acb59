/*
 * getdents64(2): not a directory, no room for one entry, bad address, removed
 * directory
 */
#include "t.h"

int main(void)
{
	char buf[512];
	int file, dir;

	t_write_file("f", "x");
	T_OK(mkdir("d", 0755));
	file = T_OK(open("f", O_RDONLY));
	dir = T_OK(open("d", O_RDONLY));
	T_ERR(syscall(SYS_getdents64, file, buf, sizeof(buf)), ENOTDIR);
	T_ERR(syscall(SYS_getdents64, dir, buf, 5), EINVAL);
	T_ERR(syscall(SYS_getdents64, dir, t_badptr(), 512), EFAULT);
	T_ERR(syscall(SYS_getdents64, -1, buf, sizeof(buf)), EBADF);
	T_OK(rmdir("d"));
	T_ERR(syscall(SYS_getdents64, dir, buf, sizeof(buf)), ENOENT);
	return 0;
}
