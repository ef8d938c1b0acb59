/* making, renaming and removing an entry moves the directory's mtime */
#include "t.h"

int main(void)
{
	static const struct timespec old[2] = {{1000, 0}, {1000, 0}};
	struct stat st;

	T_OK(mkdir("d", 0755));
	T_OK(utimensat(AT_FDCWD, "d", old, 0));
	t_write_file("d/f", "x");
	T_OK(stat("d", &st));
	T_GT(st.st_mtim.tv_sec, 1000);
	T_OK(utimensat(AT_FDCWD, "d", old, 0));
	T_OK(rename("d/f", "d/g"));
	T_OK(stat("d", &st));
	T_GT(st.st_mtim.tv_sec, 1000);
	T_OK(utimensat(AT_FDCWD, "d", old, 0));
	T_OK(unlink("d/g"));
	T_OK(stat("d", &st));
	T_GT(st.st_mtim.tv_sec, 1000);
	return 0;
}
