/*
 * explicit times are the owner's, the present time anybody's with write
 * permission
 */
#include "t.h"

int main(void)
{
	struct timespec ts[2] = {{1, 0}, {1, 0}};
	pid_t pid;

	t_need_root();
	t_write_file("f", "x");
	t_write_file("ro", "x");
	T_OK(chmod("f", 0666));
	pid = T_OK(fork());
	if (pid == 0) {
		t_drop_root();
		T_ERR(utimensat(AT_FDCWD, "f", ts, 0), EPERM);
		T_OK(utimensat(AT_FDCWD, "f", NULL, 0));
		T_ERR(utimensat(AT_FDCWD, "ro", NULL, 0), EACCES);
		_exit(0);
	}
	t_reap(pid);
	return 0;
}
