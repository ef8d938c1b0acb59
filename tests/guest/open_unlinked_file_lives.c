/* a file without a name lives as long as it is open */
#include "t.h"

int main(void)
{
	char buf[8];
	struct stat st;
	int fd;

	t_write_file("f", "data");
	fd = T_OK(open("f", O_RDWR));
	T_OK(unlink("f"));
	T_EQ(pread(fd, buf, 8, 0), 4);
	T_EQ(pwrite(fd, "more", 4, 4), 4);
	T_OK(fstat(fd, &st));
	T_EQ(st.st_nlink, 0);
	T_EQ(st.st_size, 8);
	T_ERR(open("f", O_RDONLY), ENOENT);
	return 0;
}
