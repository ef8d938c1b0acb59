/* an ordinary user may set its ids only among those it has */
#include "t.h"

int main(void)
{
	uid_t r, e, s;
	pid_t pid = T_OK(fork());

	if (pid == 0) {
		t_drop_root();
		T_ERR(setuid(0), EPERM);
		T_ERR(setreuid(0, -1), EPERM);
		T_ERR(setresuid(-1, 0, -1), EPERM);
		T_OK(setuid(getuid()));
		T_OK(setresuid(-1, -1, -1));
		T_OK(getresuid(&r, &e, &s));
		T_EQ(r, getuid());
		T_EQ(e, getuid());
		T_EQ(s, getuid());
		T_ERR(syscall(SYS_getresuid, t_badptr(), &e, &s), EFAULT);
		_exit(0);
	}
	t_reap(pid);
	return 0;
}
