/* nothing can be made in a directory that was removed */
#include "t.h"

int main(void)
{
	int dir;

	T_OK(mkdir("d", 0755));
	dir = T_OK(open("d", O_RDONLY));
	T_OK(rmdir("d"));
	T_ERR(openat(dir, "f", O_WRONLY | O_CREAT, 0644), ENOENT);
	T_ERR(mkdirat(dir, "e", 0755), ENOENT);
	T_OK(openat(dir, ".", O_RDONLY));
	return 0;
}
