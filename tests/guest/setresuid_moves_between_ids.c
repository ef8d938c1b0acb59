/*
 * setresuid(2): away from root for a while, back by the saved id, then for
 * good
 */
#include "t.h"

int main(void)
{
	uid_t r, e, s;
	pid_t pid;

	t_need_root();
	pid = T_OK(fork());
	if (pid == 0) {
		T_OK(syscall(SYS_setresuid, -1, 1000, -1));
		T_EQ(geteuid(), 1000);
		T_EQ(getuid(), 0);
		T_OK(syscall(SYS_setresuid, -1, 0, -1));
		T_OK(syscall(SYS_setreuid, 1000, 2000));
		T_OK(getresuid(&r, &e, &s));
		T_EQ(r, 1000);
		T_EQ(e, 2000);
		T_EQ(s, 2000);
		T_OK(syscall(SYS_setreuid, 2000, 1000));
		T_OK(getresuid(&r, &e, &s));
		T_EQ(s, 1000);
		T_ERR(syscall(SYS_setuid, 3000), EPERM);
		T_ERR(syscall(SYS_setresuid, 0, 0, 0), EPERM);
		_exit(0);
	}
	t_reap(pid);
	return 0;
}
