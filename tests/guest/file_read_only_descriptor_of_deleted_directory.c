/* a directory that was removed can still be asked about, and lists nothing */
#include <dirent.h>

#include "t.h"

int main(void)
{
	struct stat st;
	DIR *dir;
	int fd;

	T_OK(mkdir("d", 0755));
	fd = T_OK(open("d", O_RDONLY));
	dir = opendir("d");
	T_TRUE(dir != NULL);
	T_OK(rmdir("d"));
	T_OK(fstat(fd, &st));
	T_TRUE(S_ISDIR(st.st_mode));
	T_EQ(st.st_nlink, 0);
	T_TRUE(readdir(dir) == NULL);
	T_ERR(fstatat(fd, "x", &st, 0), ENOENT);
	T_OK(fstatat(fd, ".", &st, 0));
	return 0;
}
