/*
 * access(2): existence, permissions, and root with x only where somebody has
 * it
 */
#include "t.h"

int main(void)
{
	pid_t pid;

	t_write_file("f", "x");
	T_OK(chmod("f", 0444));
	T_OK(access("f", F_OK));
	T_OK(access("f", R_OK));
	T_ERR(access("f", X_OK), EACCES);
	T_ERR(access("absent", F_OK), ENOENT);
	T_ERR(access("f", 8), EINVAL);
	T_ERR(access("f/x", F_OK), ENOTDIR);
	T_ERR(access(t_badptr(), F_OK), EFAULT);
	T_OK(chmod("f", 0100));
	pid = T_OK(fork());
	if (pid == 0) {
		bool owner = geteuid() != 0;
		t_drop_root();
		T_ERR(access("f", R_OK), EACCES);
		T_ERR(access("f", W_OK), EACCES);
		if (owner)
			T_OK(access("f", X_OK));
		else
			T_ERR(access("f", X_OK), EACCES);
		_exit(0);
	}
	t_reap(pid);
	if (geteuid() == 0)
		T_OK(access("f", R_OK | W_OK | X_OK));
	return 0;
}
