/*
 * pidfd_send_signal(2) sends; forged information and bad descriptors are
 * refused
 */
#include "t.h"

int main(void)
{
	siginfo_t si = {.si_signo = SIGUSR1, .si_code = SI_USER};
	pid_t pid = T_OK(fork());
	int fd;

	if (pid == 0)
		for (;;)
			pause();
	fd = T_OK((int)syscall(SYS_pidfd_open, pid, 0));
	T_OK(syscall(SYS_pidfd_send_signal, fd, 0, NULL, 0));
	T_ERR(syscall(SYS_pidfd_send_signal, fd, SIGUSR1, &si, 0), EPERM);
	T_ERR(syscall(SYS_pidfd_send_signal, fd, SIGUSR2, &si, 0), EINVAL);
	T_ERR(syscall(SYS_pidfd_send_signal, fd, 0, NULL, 0x100), EINVAL);
	T_ERR(syscall(SYS_pidfd_send_signal, 0, SIGTERM, NULL, 0), EBADF);
	T_OK(syscall(SYS_pidfd_send_signal, fd, SIGTERM, NULL, 0));
	T_SIGNALED(pid, SIGTERM);
	return 0;
}
