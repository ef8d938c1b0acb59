/*
 * setsid(2) makes session and group; a group leader may not; no way back into
 * another session
 */
#include "t.h"

int main(void)
{
	pid_t pid = T_OK(fork()), child, old;
	int p[2];
	char c;

	if (pid != 0) {
		t_reap(pid);
		return 0;
	}
	old = getpgrp();
	T_EQ(setsid(), getpid());
	T_EQ(getsid(0), getpid());
	T_EQ(getpgrp(), getpid());
	T_ERR(setsid(), EPERM);
	T_ERR(setpgid(0, 0), EPERM);
	T_OK(pipe(p));
	child = T_OK(fork());
	if (child == 0) {
		T_EQ(getsid(0), getppid());
		T_ERR(setpgid(0, old), EPERM);
		T_OK(close(p[1]));
		T_EQ(read(p[0], &c, 1), 0);
		T_EQ(setsid(), getpid());
		_exit(0);
	}
	T_EQ(getsid(child), getpid());
	T_ERR(getsid(999999), ESRCH);
	T_OK(close(p[1]));
	t_reap(child);
	_exit(0);
	return 0;
}
