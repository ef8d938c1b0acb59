/*
 * rt_sigqueueinfo(2) to others may not pretend to come from kill or the kernel
 */
#include "t.h"

int main(void)
{
	siginfo_t si = {.si_signo = SIGUSR1, .si_code = SI_USER};
	pid_t pid = T_OK(fork());

	if (pid == 0)
		for (;;)
			pause();
	T_ERR(syscall(SYS_rt_sigqueueinfo, pid, SIGUSR1, &si), EPERM);
	si.si_code = SI_TKILL;
	T_ERR(syscall(SYS_rt_sigqueueinfo, pid, SIGUSR1, &si), EPERM);
	si.si_code = SI_QUEUE;
	T_OK(syscall(SYS_rt_sigqueueinfo, pid, 0, &si));
	T_OK(syscall(SYS_rt_tgsigqueueinfo, pid, pid, SIGTERM, &si));
	T_SIGNALED(pid, SIGTERM);
	T_ERR(syscall(SYS_rt_sigqueueinfo, pid, SIGUSR1, t_badptr()), EFAULT);
	return 0;
}
