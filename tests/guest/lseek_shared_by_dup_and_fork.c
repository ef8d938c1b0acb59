/* the position belongs to the open file: dup and fork share it */
#include "t.h"

int main(void)
{
	char c;
	int fd, copy;
	pid_t pid;

	t_write_file("f", "0123456789");
	fd = T_OK(open("f", O_RDONLY));
	copy = T_OK(dup(fd));
	T_OK(lseek(fd, 4, SEEK_SET));
	T_EQ(lseek(copy, 0, SEEK_CUR), 4);
	pid = T_OK(fork());
	if (pid == 0) {
		T_EQ(read(copy, &c, 1), 1);
		T_EQ(c, '4');
		_exit(0);
	}
	t_reap(pid);
	T_EQ(lseek(fd, 0, SEEK_CUR), 5);
	return 0;
}
