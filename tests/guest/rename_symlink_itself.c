/* rename(2) moves a symbolic link, not its target */
#include "t.h"

int main(void)
{
	char buf[8];

	t_write_file("f", "x");
	T_OK(symlink("f", "l"));
	T_OK(rename("l", "m"));
	T_EQ(readlink("m", buf, 8), 1);
	T_OK(access("f", F_OK));
	t_write_file("g", "x");
	T_OK(rename("g", "m"));
	T_ERR(readlink("m", buf, 8), EINVAL);
	return 0;
}
