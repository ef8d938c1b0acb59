/* O_CREAT on a dangling link makes the file the link names */
#include "t.h"

int main(void)
{
	struct stat st;

	T_OK(symlink("target", "l"));
	T_OK(open("l", O_WRONLY | O_CREAT, 0644));
	T_OK(lstat("target", &st));
	T_TRUE(S_ISREG(st.st_mode));
	T_OK(lstat("l", &st));
	T_TRUE(S_ISLNK(st.st_mode));
	return 0;
}
