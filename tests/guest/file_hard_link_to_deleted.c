/*
 * a file whose last name is gone cannot get a new one through /proc, only one
 * made with O_TMPFILE
 */
#include "t.h"

int main(void)
{
	char path[64];
	int fd;

	t_write_file("f", "x");
	fd = T_OK(open("f", O_RDWR));
	T_OK(unlink("f"));
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	T_ERR(linkat(AT_FDCWD, path, AT_FDCWD, "g", AT_SYMLINK_FOLLOW), ENOENT);
	return 0;
}
