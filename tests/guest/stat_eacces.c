/* stat(2) needs x on the way but nothing on the file */
#include "t.h"

int main(void)
{
	struct stat st;
	pid_t pid;

	T_OK(mkdir("d", 0755));
	t_write_file("d/f", "x");
	T_OK(chmod("d/f", 0));
	pid = T_OK(fork());
	if (pid == 0) {
		t_drop_root();
		T_OK(stat("d/f", &st));
		_exit(0);
	}
	t_reap(pid);
	T_OK(chmod("d", 0644));
	pid = T_OK(fork());
	if (pid == 0) {
		t_drop_root();
		T_ERR(stat("d/f", &st), EACCES);
		T_OK(stat("d", &st));
		_exit(0);
	}
	t_reap(pid);
	T_OK(chmod("d", 0755));
	return 0;
}
