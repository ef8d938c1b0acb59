/* link(2) makes a second name of the same file */
#include "t.h"

int main(void)
{
	char buf[8];
	struct stat a, b;

	t_write_file("a", "one");
	T_OK(link("a", "b"));
	T_OK(stat("a", &a));
	T_OK(stat("b", &b));
	T_EQ(a.st_ino, b.st_ino);
	T_EQ(a.st_nlink, 2);
	t_write_file("b", "two!");
	t_read_file("a", buf, sizeof(buf));
	T_STR(buf, "two!");
	T_OK(unlink("a"));
	T_OK(stat("b", &b));
	T_EQ(b.st_nlink, 1);
	return 0;
}
