/* openat(2) starts at the descriptor; an absolute path ignores it */
#include "t.h"

int main(void)
{
	int dir, file;

	T_OK(mkdir("d", 0755));
	t_write_file("d/f", "x");
	dir = T_OK(open("d", O_RDONLY));
	file = T_OK(openat(dir, "f", O_RDONLY));
	T_OK(openat(dir, "../d/f", O_RDONLY));
	T_OK(openat(-1, "/", O_RDONLY));
	T_OK(openat(dir, "new", O_WRONLY | O_CREAT, 0644));
	T_OK(access("d/new", F_OK));
	T_ERR(openat(file, "x", O_RDONLY), ENOTDIR);
	T_ERR(openat(-1, "f", O_RDONLY), EBADF);
	T_ERR(openat(999, "f", O_RDONLY), EBADF);
	return 0;
}
