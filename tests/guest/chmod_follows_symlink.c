/* chmod(2) changes the target of a link */
#include "t.h"

int main(void)
{
	struct stat st;

	t_write_file("f", "x");
	T_OK(symlink("f", "l"));
	T_OK(chmod("l", 0711));
	T_OK(stat("f", &st));
	T_EQ(st.st_mode & 07777, 0711);
	return 0;
}
