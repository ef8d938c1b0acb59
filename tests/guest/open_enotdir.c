/*
 * a file is no directory: as a component, with a trailing slash, with
 * O_DIRECTORY
 */
#include "t.h"

int main(void)
{
	t_write_file("f", "x");
	T_ERR(open("f/x", O_RDONLY), ENOTDIR);
	T_ERR(open("f/", O_RDONLY), ENOTDIR);
	T_ERR(open("f/.", O_RDONLY), ENOTDIR);
	T_ERR(open("f/..", O_RDONLY), ENOTDIR);
	T_ERR(open("f", O_RDONLY | O_DIRECTORY), ENOTDIR);
	return 0;
}
