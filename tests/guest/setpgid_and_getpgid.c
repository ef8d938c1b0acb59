/*
 * setpgid(2): a group of one's own, a child into a group, and what is
 * forbidden
 */
#include "t.h"

int main(void)
{
	int p[2];
	pid_t pid = T_OK(fork()), a, b;

	if (pid != 0) {
		t_reap(pid);
		return 0;
	}
	T_OK(pipe(p));
	T_OK(setpgid(0, 0));
	T_EQ(getpgrp(), getpid());
	T_EQ(getpgid(0), getpid());
	a = T_OK(fork());
	if (a == 0) {
		char c;
		T_OK(close(p[1]));
		T_EQ(read(p[0], &c, 1), 0);
		_exit(0);
	}
	b = T_OK(fork());
	if (b == 0) {
		char c;
		T_OK(close(p[1]));
		T_EQ(read(p[0], &c, 1), 0);
		_exit(0);
	}
	T_EQ(getpgid(a), getpid());
	T_OK(setpgid(a, a));
	T_EQ(getpgid(a), a);
	T_OK(setpgid(b, a));
	T_EQ(getpgid(b), a);
	T_ERR(setpgid(b, 999999), EPERM);
	T_ERR(setpgid(999999, 0), ESRCH);
	T_ERR(setpgid(getppid(), 0), ESRCH);
	T_ERR(setpgid(0, -1), EINVAL);
	T_ERR(getpgid(999999), ESRCH);
	T_OK(close(p[1]));
	t_reap(a);
	t_reap(b);
	_exit(0);
	return 0;
}
