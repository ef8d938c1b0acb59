/* after lseek to 0 a directory is read afresh; d_off can be sought to */
#include <dirent.h>

#include "t.h"

static int count(DIR *dir)
{
	int n = 0;

	while (readdir(dir))
		n++;
	return n;
}

int main(void)
{
	struct dirent *first;
	char second[256];
	long where;
	DIR *dir;

	T_OK(mkdir("d", 0755));
	t_write_file("d/a", "");
	t_write_file("d/b", "");
	dir = opendir("d");
	T_TRUE(dir != NULL);
	T_EQ(count(dir), 4);
	t_write_file("d/c", "");
	T_OK(unlink("d/a"));
	rewinddir(dir);
	T_EQ(count(dir), 4);
	rewinddir(dir);
	first = readdir(dir);
	T_TRUE(first != NULL);
	where = telldir(dir);
	strcpy(second, readdir(dir)->d_name);
	count(dir);
	seekdir(dir, where);
	T_STR(readdir(dir)->d_name, second);
	return 0;
}
