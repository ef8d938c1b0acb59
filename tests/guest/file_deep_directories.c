/* directories a hundred deep, names of all bytes, getcwd of a long path */
#include "t.h"

int main(void)
{
	char buf[PATH_MAX], name[250];
	size_t start;
	int i, n = 0;

	T_TRUE(getcwd(buf, sizeof(buf)) != NULL);
	start = strlen(buf);
	for (i = 1; i < 250; i++)
		if (i != '/')
			name[n++] = (char)i;
	name[n] = '\0';
	t_write_file(name, "bytes");
	T_OK(access(name, F_OK));
	for (i = 0; i < 100; i++) {
		T_OK(mkdir("directory-with-a-name", 0755));
		T_OK(chdir("directory-with-a-name"));
	}
	T_TRUE(getcwd(buf, sizeof(buf)) != NULL);
	T_EQ(strlen(buf), start + 100 * 22);
	for (i = 0; i < 100; i++) {
		T_OK(chdir(".."));
		T_OK(rmdir("directory-with-a-name"));
	}
	return 0;
}
