/*
 * O_DIRECTORY opens a directory, and with O_CREAT it is EINVAL since Linux 6.4
 */
#include "t.h"

int main(void)
{
	struct stat st;
	int fd;

	T_OK(mkdir("d", 0755));
	fd = T_OK(open("d", O_RDONLY | O_DIRECTORY));
	T_OK(fstat(fd, &st));
	T_TRUE(S_ISDIR(st.st_mode));
	T_ERR(open("absent", O_RDONLY | O_DIRECTORY), ENOENT);
	T_ERR(open("new", O_WRONLY | O_DIRECTORY | O_CREAT, 0644), EINVAL);
	return 0;
}
