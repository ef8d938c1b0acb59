/*
 * pidfd_open(2): polls readable when the process ends; waitid(P_PIDFD); errors
 */
#include "t.h"

int main(void)
{
	struct pollfd pfd;
	siginfo_t si;
	int p[2], fd;
	pid_t pid;

	T_OK(pipe(p));
	pid = T_OK(fork());
	if (pid == 0) {
		t_take(p[0]);
		_exit(9);
	}
	fd = T_OK((int)syscall(SYS_pidfd_open, pid, 0));
	T_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
	pfd = (struct pollfd){.fd = fd, .events = POLLIN};
	T_EQ(poll(&pfd, 1, 0), 0);
	t_post(p[1]);
	T_EQ(poll(&pfd, 1, -1), 1);
	T_OK(waitid(P_PIDFD, (id_t)fd, &si, WEXITED));
	T_EQ(si.si_status, 9);
	T_ERR(syscall(SYS_pidfd_send_signal, fd, 0, NULL, 0), ESRCH);
	T_ERR(syscall(SYS_pidfd_open, pid, 0), ESRCH);
	T_ERR(syscall(SYS_pidfd_open, -1, 0), EINVAL);
	T_ERR(syscall(SYS_pidfd_open, getpid(), 1), EINVAL);
	return 0;
}
