/* fsync(2), fdatasync(2), sync_file_range(2), syncfs(2) and what they refuse */
#include "t.h"

int main(void)
{
	int fd = T_OK(open("f", O_RDWR | O_CREAT, 0644)), p[2];

	T_OK(pipe(p));
	T_EQ(write(fd, "x", 1), 1);
	T_OK(fdatasync(fd));
	T_OK(fsync(fd));
	T_OK(sync_file_range(fd, 0, 0, 0));
	T_ERR(fsync(-1), EBADF);
	T_ERR(fsync(p[0]), EINVAL);
	T_ERR(sync_file_range(fd, 0, 0, 0x80), EINVAL);
	T_ERR(sync_file_range(p[0], 0, 0, 0), ESPIPE);
	return 0;
}
