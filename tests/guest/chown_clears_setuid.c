/* chown(2) takes the setuid and setgid bits from a program */
#include "t.h"

int main(void)
{
	struct stat st;

	t_write_file("f", "x");
	T_OK(chmod("f", 06755));
	T_OK(chown("f", geteuid(), getegid()));
	T_OK(stat("f", &st));
	T_EQ(st.st_mode & 07777, 0755);
	return 0;
}
