/* open of nothing, in nothing, with an empty name */
#include "t.h"

int main(void)
{
	T_ERR(open("absent", O_RDONLY), ENOENT);
	T_ERR(open("absent/f", O_WRONLY | O_CREAT, 0644), ENOENT);
	T_ERR(open("", O_RDONLY), ENOENT);
	T_ERR(open("", O_RDWR | O_CREAT, 0644), ENOENT);
	T_OK(symlink("absent", "dangling"));
	T_ERR(open("dangling", O_RDONLY), ENOENT);
	return 0;
}
