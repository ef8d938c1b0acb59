/* pidfd_getfd(2) copies a descriptor out of a child */
#include "t.h"

int main(void)
{
	int p[2], q[2], fd, got;
	pid_t pid;
	char c;

	T_OK(pipe(p));
	T_OK(pipe(q));
	pid = T_OK(fork());
	if (pid == 0) {
		int in[2];
		T_OK(close(q[1]));
		T_OK(pipe(in));
		T_OK(dup2(in[0], 70));
		t_post(in[1]);
		t_post(p[1]);
		T_EQ(read(q[0], &c, 1), 0);
		_exit(0);
	}
	t_take(p[0]);
	fd = T_OK((int)syscall(SYS_pidfd_open, pid, 0));
	got = T_OK((int)syscall(SYS_pidfd_getfd, fd, 70, 0));
	T_EQ(fcntl(got, F_GETFD), FD_CLOEXEC);
	t_take(got);
	T_ERR(syscall(SYS_pidfd_getfd, fd, 71, 0), EBADF);
	T_ERR(syscall(SYS_pidfd_getfd, fd, 70, 1), EINVAL);
	T_ERR(syscall(SYS_pidfd_getfd, 0, 70, 0), EBADF);
	T_OK(close(q[1]));
	t_reap(pid);
	return 0;
}
