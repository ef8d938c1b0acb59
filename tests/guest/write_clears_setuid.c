/* writing to a setuid file as an ordinary user takes the bit away */
#include "t.h"

int main(void)
{
	struct stat st;
	pid_t pid;
	int fd;

	t_write_file("f", "x");
	T_OK(chmod("f", 04777));
	fd = T_OK(open("f", O_WRONLY));
	pid = T_OK(fork());
	if (pid == 0) {
		t_drop_root();
		T_EQ(write(fd, "y", 1), 1);
		_exit(0);
	}
	t_reap(pid);
	T_OK(stat("f", &st));
	T_EQ(st.st_mode & 07777, 0777);
	return 0;
}
