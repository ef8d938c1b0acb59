/* a directory can be emptied while it is read */
#include <dirent.h>

#include "t.h"

int main(void)
{
	char name[32];
	struct dirent *d;
	int i, n = 0;
	DIR *dir;

	T_OK(mkdir("d", 0755));
	for (i = 0; i < 300; i++) {
		snprintf(name, sizeof(name), "d/%d", i);
		t_write_file(name, "");
	}
	dir = opendir("d");
	while ((d = readdir(dir))) {
		if (d->d_name[0] == '.')
			continue;
		T_OK(unlinkat(dirfd(dir), d->d_name, 0));
		n++;
	}
	T_EQ(n, 300);
	T_OK(rmdir("d"));
	return 0;
}
