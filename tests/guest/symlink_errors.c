/* symlink(2): name taken, empty target, missing directory, target too long */
#include "t.h"

int main(void)
{
	char target[PATH_MAX + 2];

	memset(target, 't', sizeof(target));
	target[PATH_MAX] = '\0';
	T_OK(symlink("x", "l"));
	T_ERR(symlink("y", "l"), EEXIST);
	T_ERR(symlink("", "m"), ENOENT);
	T_ERR(symlink("x", ""), ENOENT);
	T_ERR(symlink("x", "absent/l"), ENOENT);
	T_ERR(symlink(target, "m"), ENAMETOOLONG);
	T_ERR(symlink(t_badptr(), "m"), EFAULT);
	return 0;
}
