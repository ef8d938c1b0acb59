/* faccessat2(2): links themselves, empty path, unknown flags */
#include "t.h"

int main(void)
{
	int fd;

	T_OK(symlink("absent", "l"));
	t_write_file("f", "x");
	fd = T_OK(open("f", O_RDONLY));
	T_ERR(syscall(439, AT_FDCWD, "l", F_OK, 0), ENOENT);
	T_OK(syscall(439, AT_FDCWD, "l", F_OK, AT_SYMLINK_NOFOLLOW));
	T_OK(syscall(439, fd, "", R_OK, AT_EMPTY_PATH));
	T_ERR(syscall(439, AT_FDCWD, "f", R_OK, 0x8000000), EINVAL);
	T_ERR(syscall(439, -1, "f", R_OK, 0), EBADF);
	return 0;
}
