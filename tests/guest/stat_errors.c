/* stat(2): nothing there, not a directory, loop, long name, bad addresses */
#include "t.h"

int main(void)
{
	char name[300];
	struct stat st;

	memset(name, 'n', 299);
	name[299] = '\0';
	t_write_file("f", "x");
	T_OK(symlink("l", "l"));
	T_ERR(stat("absent", &st), ENOENT);
	T_ERR(stat("", &st), ENOENT);
	T_ERR(stat("f/x", &st), ENOTDIR);
	T_ERR(stat("l", &st), ELOOP);
	T_OK(lstat("l", &st));
	T_ERR(stat(name, &st), ENAMETOOLONG);
	T_ERR(syscall(SYS_stat, t_badptr(), &st), EFAULT);
	T_ERR(syscall(SYS_stat, "f", t_badptr()), EFAULT);
	return 0;
}
