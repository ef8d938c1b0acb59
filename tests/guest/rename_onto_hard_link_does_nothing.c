/* renaming one link of a file onto another keeps both */
#include "t.h"

int main(void)
{
	struct stat st;

	t_write_file("a", "x");
	T_OK(link("a", "b"));
	T_OK(rename("a", "b"));
	T_OK(stat("a", &st));
	T_EQ(st.st_nlink, 2);
	T_OK(rename("a", "a"));
	T_OK(access("a", F_OK));
	return 0;
}
