/* utimensat(2): UTIME_NOW, UTIME_OMIT, NULL */
#include "t.h"

int main(void)
{
	struct timespec ts[2] = {{1000, 1}, {2000, 2}};
	struct stat st;

	t_write_file("f", "x");
	T_OK(utimensat(AT_FDCWD, "f", ts, 0));
	ts[0] = (struct timespec){0, UTIME_OMIT};
	ts[1] = (struct timespec){0, UTIME_NOW};
	T_OK(utimensat(AT_FDCWD, "f", ts, 0));
	T_OK(stat("f", &st));
	T_EQ(st.st_atim.tv_sec, 1000);
	T_EQ(st.st_atim.tv_nsec, 1);
	T_GT(st.st_mtim.tv_sec, 1000000000);
	T_OK(utimensat(AT_FDCWD, "f", NULL, 0));
	T_OK(stat("f", &st));
	T_GT(st.st_atim.tv_sec, 1000000000);
	return 0;
}
