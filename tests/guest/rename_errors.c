/*
 * rename(2): missing, kinds that do not match, "." and "..", names that are
 * too long
 */
#include "t.h"

int main(void)
{
	char name[300];

	memset(name, 'n', 299);
	name[299] = '\0';
	t_write_file("f", "x");
	T_OK(mkdir("d", 0755));
	T_ERR(rename("absent", "x"), ENOENT);
	T_ERR(rename("f", "absent/x"), ENOENT);
	T_ERR(rename("", "x"), ENOENT);
	T_ERR(rename("f", ""), ENOENT);
	T_ERR(rename("f", "d"), EISDIR);
	T_ERR(rename("d", "f"), ENOTDIR);
	T_ERR(rename("f/x", "y"), ENOTDIR);
	T_ERR(rename("f", "f/x"), ENOTDIR);
	T_ERR(rename("f", "new/"), ENOTDIR);
	T_ERR(rename("f/", "new"), ENOTDIR);
	T_ERR(rename(".", "x"), EBUSY);
	T_ERR(rename("d/..", "x"), EBUSY);
	T_ERR(rename("d", "."), EBUSY);
	T_ERR(rename("f", name), ENAMETOOLONG);
	T_ERR(rename(t_badptr(), "x"), EFAULT);
	return 0;
}
