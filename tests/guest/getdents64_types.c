/* d_type tells links, fifos and directories apart where it is given */
#include <dirent.h>

#include "t.h"

int main(void)
{
	struct dirent *d;
	DIR *dir;
	int n = 0;

	T_OK(mkdir("x", 0755));
	T_OK(mkdir("x/d", 0755));
	T_OK(symlink("d", "x/l"));
	T_OK(mkfifo("x/p", 0644));
	dir = opendir("x");
	while ((d = readdir(dir))) {
		int want = d->d_name[0] == 'l' ? DT_LNK : d->d_name[0] == 'p' ? DT_FIFO : DT_DIR;
		T_TRUE(d->d_type == want || d->d_type == DT_UNKNOWN);
		n++;
	}
	T_EQ(n, 5);
	return 0;
}
