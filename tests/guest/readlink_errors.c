/* readlink(2): not a link, nothing there, no room */
#include "t.h"

int main(void)
{
	char buf[8];

	t_write_file("f", "x");
	T_OK(symlink("f", "l"));
	T_ERR(readlink("f", buf, 8), EINVAL);
	T_ERR(readlink(".", buf, 8), EINVAL);
	T_ERR(readlink("absent", buf, 8), ENOENT);
	T_ERR(readlink("f/x", buf, 8), ENOTDIR);
	T_ERR(syscall(SYS_readlink, "l", buf, 0), EINVAL);
	T_ERR(syscall(SYS_readlink, "l", t_badptr(), 8), EFAULT);
	return 0;
}
