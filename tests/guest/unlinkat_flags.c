/* unlinkat(2): AT_REMOVEDIR is rmdir, unknown flags are EINVAL */
#include "t.h"

int main(void)
{
	int dir;

	T_OK(mkdir("d", 0755));
	T_OK(mkdir("d/e", 0755));
	t_write_file("d/f", "x");
	dir = T_OK(open("d", O_RDONLY));
	T_ERR(unlinkat(dir, "e", 0), EISDIR);
	T_ERR(unlinkat(dir, "f", AT_REMOVEDIR), ENOTDIR);
	T_ERR(unlinkat(dir, "f", 1), EINVAL);
	T_OK(unlinkat(dir, "e", AT_REMOVEDIR));
	T_OK(unlinkat(dir, "f", 0));
	T_ERR(unlinkat(-1, "f", 0), EBADF);
	return 0;
}
