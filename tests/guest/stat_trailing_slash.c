/* a trailing slash follows a link to a directory, and refuses a file */
#include "t.h"

int main(void)
{
	struct stat st;

	T_OK(mkdir("d", 0755));
	t_write_file("f", "x");
	T_OK(symlink("d", "ld"));
	T_OK(lstat("ld/", &st));
	T_TRUE(S_ISDIR(st.st_mode));
	T_OK(stat("d///", &st));
	T_ERR(stat("f/", &st), ENOTDIR);
	T_ERR(lstat("f/", &st), ENOTDIR);
	return 0;
}
