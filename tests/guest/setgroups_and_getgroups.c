/*
 * setgroups(2) for root only, getgroups(2) counts, EINVAL when there is no
 * room
 */
#include "t.h"

int main(void)
{
	gid_t in[3] = {7, 5, 9}, out[8];
	pid_t pid;

	pid = T_OK(fork());
	if (pid == 0) {
		if (geteuid() == 0) {
			T_OK(syscall(SYS_setgroups, 3, in));
			T_EQ(syscall(SYS_getgroups, 0, NULL), 3);
			T_EQ(syscall(SYS_getgroups, 8, out), 3);
			T_EQ(out[0] + out[1] + out[2], 21);
			T_ERR(syscall(SYS_getgroups, 2, out), EINVAL);
			T_ERR(syscall(SYS_setgroups, 70000, in), EINVAL);
			T_ERR(syscall(SYS_setgroups, 3, t_badptr()), EFAULT);
		}
		t_drop_root();
		T_ERR(syscall(SYS_setgroups, 3, in), EPERM);
		T_ERR(syscall(SYS_getgroups, -1, out), EINVAL);
		_exit(0);
	}
	t_reap(pid);
	return 0;
}
