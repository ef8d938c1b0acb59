/* O_TRUNC empties the file, keeping its inode and mode */
#include "t.h"

int main(void)
{
	struct stat before, after;

	t_write_file("f", "content");
	T_OK(chmod("f", 0604));
	T_OK(stat("f", &before));
	T_OK(open("f", O_WRONLY | O_TRUNC));
	T_OK(stat("f", &after));
	T_EQ(after.st_size, 0);
	T_EQ(after.st_ino, before.st_ino);
	T_EQ(after.st_mode, S_IFREG | 0604);
	return 0;
}
