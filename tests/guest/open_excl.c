/*
 * O_CREAT|O_EXCL fails with EEXIST for whatever is there, a dangling link too
 */
#include "t.h"

int main(void)
{
	t_write_file("f", "x");
	T_OK(mkdir("d", 0755));
	T_OK(symlink("absent", "l"));
	T_ERR(open("f", O_WRONLY | O_CREAT | O_EXCL, 0644), EEXIST);
	T_ERR(open("d", O_RDONLY | O_CREAT | O_EXCL, 0644), EEXIST);
	T_ERR(open("l", O_WRONLY | O_CREAT | O_EXCL, 0644), EEXIST);
	T_ERR(access("absent", F_OK), ENOENT);
	T_OK(open("new", O_WRONLY | O_CREAT | O_EXCL, 0644));
	return 0;
}
