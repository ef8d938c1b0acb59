/*
 * rename(2) replaces a file in one step: the old one lives on where it is open
 */
#include "t.h"

int main(void)
{
	char buf[8];
	struct stat st;
	int old;

	t_write_file("a", "new");
	t_write_file("b", "old");
	old = T_OK(open("b", O_RDONLY));
	T_OK(rename("a", "b"));
	T_ERR(access("a", F_OK), ENOENT);
	T_EQ(t_read_file("b", buf, sizeof(buf)), 3);
	T_STR(buf, "new");
	T_EQ(read(old, buf, 8), 3);
	T_MEM(buf, "old", 3);
	T_OK(fstat(old, &st));
	T_EQ(st.st_nlink, 0);
	return 0;
}
