/* O_PATH gives a handle: fstat and openat work, read and fchmod do not */
#include "t.h"

int main(void)
{
	char c;
	struct stat st;
	int fd, dir;

	T_OK(mkdir("d", 0755));
	t_write_file("d/f", "x");
	fd = T_OK(open("d/f", O_PATH));
	T_ERR(read(fd, &c, 1), EBADF);
	T_ERR(write(fd, &c, 1), EBADF);
	T_ERR(fchmod(fd, 0600), EBADF);
	T_ERR(fchown(fd, -1, -1), EBADF);
	T_ERR(lseek(fd, 0, SEEK_SET), EBADF);
	T_ERR(ftruncate(fd, 0), EBADF);
	T_TRUE(mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0) == MAP_FAILED && errno == EBADF);
	T_OK(fstat(fd, &st));
	T_EQ(fcntl(fd, F_GETFL) & O_PATH, O_PATH);
	T_OK(dup(fd));
	dir = T_OK(open("d", O_PATH | O_DIRECTORY));
	T_OK(openat(dir, "f", O_RDONLY));
	T_OK(fchdir(dir));
	T_OK(access("f", F_OK));
	return 0;
}
