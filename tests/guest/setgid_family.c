/* setgid(2), setregid(2), setresgid(2) and the saved group */
#include "t.h"

int main(void)
{
	gid_t r, e, s;
	pid_t pid;

	t_need_root();
	pid = T_OK(fork());
	if (pid == 0) {
		T_OK(syscall(SYS_setresgid, 10, 20, 30));
		T_OK(getresgid(&r, &e, &s));
		T_EQ(r, 10);
		T_EQ(e, 20);
		T_EQ(s, 30);
		T_OK(syscall(SYS_setregid, 20, 10));
		T_OK(syscall(SYS_setgid, 99));
		T_OK(getresgid(&r, &e, &s));
		T_EQ(r + e + s, 297);
		T_OK(syscall(SYS_setresuid, 1000, 1000, 1000));
		T_ERR(syscall(SYS_setgid, 0), EPERM);
		T_ERR(syscall(SYS_setregid, 5, -1), EPERM);
		T_OK(syscall(SYS_setgid, 99));
		_exit(0);
	}
	t_reap(pid);
	return 0;
}
