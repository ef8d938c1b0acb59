/* unlink(2): a directory, nothing, through a file, trailing slash */
#include "t.h"

int main(void)
{
	T_OK(mkdir("d", 0755));
	t_write_file("f", "x");
	T_ERR(unlink("d"), EISDIR);
	T_ERR(unlink("absent"), ENOENT);
	T_ERR(unlink(""), ENOENT);
	T_ERR(unlink("f/x"), ENOTDIR);
	T_ERR(unlink("f/"), ENOTDIR);
	T_ERR(unlink("d/"), EISDIR);
	T_ERR(unlink("absent/f"), ENOENT);
	T_OK(unlink("f"));
	T_ERR(unlink("f"), ENOENT);
	return 0;
}
