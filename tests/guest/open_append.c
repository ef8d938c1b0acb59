/* O_APPEND writes at the end wherever the position is, pwrite too */
#include "t.h"

int main(void)
{
	char buf[32];
	int fd, other;

	t_write_file("f", "abc");
	fd = T_OK(open("f", O_RDWR | O_APPEND));
	other = T_OK(open("f", O_WRONLY | O_APPEND));
	T_EQ(lseek(fd, 0, SEEK_SET), 0);
	T_EQ(write(fd, "1", 1), 1);
	T_EQ(lseek(fd, 0, SEEK_CUR), 4);
	T_EQ(write(other, "2", 1), 1);
	T_EQ(write(fd, "3", 1), 1);
	T_EQ(pwrite(fd, "4", 1, 0), 1);
	T_EQ(pread(fd, buf, sizeof(buf), 0), 7);
	T_MEM(buf, "abc1234", 7);
	return 0;
}
