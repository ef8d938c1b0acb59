/*
 * kill(2) needs the same user: EPERM for a stranger's process, SIGCONT in the
 * session aside
 */
#include "t.h"

int main(void)
{
	int p[2];
	pid_t pid, stranger;

	t_need_root();
	T_OK(pipe(p));
	stranger = T_OK(fork());
	if (stranger == 0) {
		char c;
		T_OK(close(p[1]));
		T_EQ(read(p[0], &c, 1), 0);
		_exit(0);
	}
	pid = T_OK(fork());
	if (pid == 0) {
		t_drop_root();
		T_ERR(kill(stranger, 0), EPERM);
		T_ERR(kill(stranger, SIGTERM), EPERM);
		T_OK(kill(stranger, SIGCONT));
		T_ERR(syscall(SYS_tgkill, stranger, stranger, SIGTERM), EPERM);
		_exit(0);
	}
	t_reap(pid);
	T_OK(close(p[1]));
	t_reap(stranger);
	return 0;
}
