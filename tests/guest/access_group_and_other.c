/* the first class that fits decides, even when a later one would allow more */
#include "t.h"

int main(void)
{
	pid_t pid;

	t_need_root();
	t_write_file("f", "x");
	T_OK(chown("f", 1000, T_NOBODY));
	T_OK(chmod("f", 0706));
	pid = T_OK(fork());
	if (pid == 0) {
		t_drop_root();
		T_ERR(access("f", R_OK), EACCES);
		_exit(0);
	}
	t_reap(pid);
	T_OK(chown("f", T_NOBODY, 0));
	T_OK(chmod("f", 0077));
	pid = T_OK(fork());
	if (pid == 0) {
		t_drop_root();
		T_ERR(access("f", R_OK), EACCES);
		_exit(0);
	}
	t_reap(pid);
	T_OK(chown("f", 1000, 1000));
	pid = T_OK(fork());
	if (pid == 0) {
		gid_t groups[1] = {1000};
		T_OK(chmod("f", 0040));
		T_OK(syscall(SYS_setgroups, 1, groups));
		T_OK(syscall(SYS_setresgid, 5, 5, 5));
		T_OK(syscall(SYS_setresuid, 5, 5, 5));
		T_OK(access("f", R_OK));
		_exit(0);
	}
	t_reap(pid);
	return 0;
}
