/* stat(2) of a file: type, mode, owner, size, links, blocks */
#include "t.h"

int main(void)
{
	struct stat st, again;
	int fd;

	t_write_file("f", "0123456789");
	T_OK(chmod("f", 0640));
	T_OK(stat("f", &st));
	T_EQ(st.st_mode, S_IFREG | 0640);
	T_EQ(st.st_size, 10);
	T_EQ(st.st_nlink, 1);
	T_EQ(st.st_uid, geteuid());
	T_EQ(st.st_gid, getegid());
	T_GT(st.st_blksize, 0);
	T_NE(st.st_ino, 0);
	fd = T_OK(open("f", O_RDONLY));
	T_OK(fstat(fd, &again));
	T_EQ(again.st_ino, st.st_ino);
	T_EQ(again.st_dev, st.st_dev);
	T_EQ(again.st_size, st.st_size);
	T_EQ(again.st_mtim.tv_nsec, st.st_mtim.tv_nsec);
	return 0;
}
