/* rmdir(2): not empty, ".", "..", not a directory, nothing, root */
#include "t.h"

int main(void)
{
	T_OK(mkdir("d", 0755));
	t_write_file("d/f", "x");
	T_ERR(rmdir("d"), ENOTEMPTY);
	T_ERR(rmdir("d/."), EINVAL);
	T_ERR(rmdir("d/.."), ENOTEMPTY);
	T_ERR(rmdir("."), EINVAL);
	T_ERR(rmdir("d/f"), ENOTDIR);
	T_ERR(rmdir("absent"), ENOENT);
	T_ERR(rmdir("/"), EBUSY);
	T_OK(symlink("d", "l"));
	T_ERR(rmdir("l"), ENOTDIR);
	T_OK(unlink("d/f"));
	T_OK(rmdir("d/"));
	T_ERR(access("d", F_OK), ENOENT);
	return 0;
}
