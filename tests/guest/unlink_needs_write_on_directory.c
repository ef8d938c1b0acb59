/* unlink(2) needs write on the directory, not on the file */
#include "t.h"

int main(void)
{
	pid_t pid;

	T_OK(mkdir("d", 0755));
	T_OK(mkdir("e", 0755));
	t_write_file("d/f", "x");
	t_write_file("e/f", "x");
	T_OK(chmod("d", 0555));
	T_OK(chmod("e", 0777));
	T_OK(chmod("e/f", 0));
	pid = T_OK(fork());
	if (pid == 0) {
		t_drop_root();
		T_ERR(unlink("d/f"), EACCES);
		T_OK(unlink("e/f"));
		_exit(0);
	}
	t_reap(pid);
	T_OK(chmod("d", 0755));
	return 0;
}
