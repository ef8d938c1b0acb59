/* AT_SYMLINK_NOFOLLOW sets the times of the link */
#include "t.h"

int main(void)
{
	struct timespec ts[2] = {{1000, 0}, {1000, 0}};
	struct stat st;

	t_write_file("f", "x");
	T_OK(symlink("f", "l"));
	T_OK(utimensat(AT_FDCWD, "l", ts, AT_SYMLINK_NOFOLLOW));
	T_OK(lstat("l", &st));
	T_EQ(st.st_mtim.tv_sec, 1000);
	T_OK(stat("f", &st));
	T_NE(st.st_mtim.tv_sec, 1000);
	return 0;
}
