/* unlink(2) of a symbolic link leaves its target */
#include "t.h"

int main(void)
{
	t_write_file("f", "x");
	T_OK(symlink("f", "l"));
	T_OK(unlink("l"));
	T_OK(access("f", F_OK));
	return 0;
}
