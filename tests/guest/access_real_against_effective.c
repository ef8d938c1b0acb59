/*
 * access(2) asks for the real user, faccessat2 with AT_EACCESS for the
 * effective one
 */
#include "t.h"

int main(void)
{
	pid_t pid;

	t_need_root();
	t_write_file("f", "x");
	T_OK(chmod("f", 0600));
	pid = T_OK(fork());
	if (pid == 0) {
		T_OK(syscall(SYS_setresuid, T_NOBODY, 0, 0));
		T_ERR(access("f", R_OK), EACCES);
		T_OK(syscall(439, AT_FDCWD, "f", R_OK, AT_EACCESS));
		_exit(0);
	}
	t_reap(pid);
	return 0;
}
