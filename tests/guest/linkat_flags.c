/* linkat(2): a symbolic link itself, or its target with AT_SYMLINK_FOLLOW */
#include "t.h"

int main(void)
{
	struct stat st;

	t_write_file("f", "x");
	T_OK(symlink("f", "l"));
	T_OK(linkat(AT_FDCWD, "l", AT_FDCWD, "a", 0));
	T_OK(lstat("a", &st));
	T_TRUE(S_ISLNK(st.st_mode));
	T_OK(linkat(AT_FDCWD, "l", AT_FDCWD, "b", AT_SYMLINK_FOLLOW));
	T_OK(lstat("b", &st));
	T_TRUE(S_ISREG(st.st_mode));
	T_EQ(st.st_nlink, 2);
	T_ERR(linkat(AT_FDCWD, "f", AT_FDCWD, "c", 0x80), EINVAL);
	return 0;
}
