/*
 * a working directory deeper than PATH_MAX: getcwd(2) is ENAMETOOLONG or
 * ERANGE, files still open
 */
#include "t.h"

int main(void)
{
	static char big[65536];
	char name[201];
	int i;

	memset(name, 'd', 200);
	name[200] = '\0';
	for (i = 0; i < 25; i++) {
		T_OK(mkdir(name, 0755));
		T_OK(chdir(name));
	}
	T_EQ(syscall(SYS_getcwd, big, sizeof(big)), -1);
	T_TRUE(errno == ENAMETOOLONG || errno == ERANGE);
	t_write_file("f", "x");
	T_OK(unlink("f"));
	for (i = 0; i < 25; i++) {
		T_OK(chdir(".."));
		T_OK(rmdir(name));
	}
	return 0;
}
