/* creat(2) is open for writing, created and emptied */
#include "t.h"

int main(void)
{
	char c;
	struct stat st;
	int fd;

	t_write_file("f", "content");
	fd = T_OK((int)syscall(SYS_creat, "f", 0600));
	T_OK(fstat(fd, &st));
	T_EQ(st.st_size, 0);
	T_ERR(read(fd, &c, 1), EBADF);
	return 0;
}
