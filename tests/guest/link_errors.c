/* link(2): directories, existing names, missing ones */
#include "t.h"

int main(void)
{
	t_write_file("f", "x");
	T_OK(mkdir("d", 0755));
	T_ERR(link("d", "e"), EPERM);
	T_ERR(link("f", "d"), EEXIST);
	T_ERR(link("f", "f"), EEXIST);
	T_ERR(link("absent", "x"), ENOENT);
	T_ERR(link("f", "absent/x"), ENOENT);
	T_ERR(link("f", ""), ENOENT);
	T_ERR(link("f/x", "y"), ENOTDIR);
	T_ERR(link(t_badptr(), "y"), EFAULT);
	return 0;
}
