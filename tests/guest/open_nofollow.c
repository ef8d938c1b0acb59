/* O_NOFOLLOW refuses a link in the last place only */
#include "t.h"

int main(void)
{
	T_OK(mkdir("d", 0755));
	t_write_file("d/f", "x");
	T_OK(symlink("d", "ld"));
	T_OK(symlink("d/f", "lf"));
	T_ERR(open("lf", O_RDONLY | O_NOFOLLOW), ELOOP);
	T_ERR(open("ld", O_RDONLY | O_NOFOLLOW), ELOOP);
	T_ERR(open("ld", O_RDONLY | O_NOFOLLOW | O_DIRECTORY), ENOTDIR);
	T_OK(open("ld/f", O_RDONLY | O_NOFOLLOW));
	T_OK(open("d/f", O_RDONLY | O_NOFOLLOW));
	return 0;
}
