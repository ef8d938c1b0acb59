/*
 * sigaction(2): no such signal, SIGKILL and SIGSTOP, wrong set size, bad
 * addresses
 */
#include "t.h"

int main(void)
{
	struct sigaction sa = {.sa_handler = SIG_IGN};
	char raw[64] = {0};

	T_ERR(sigaction(0, &sa, NULL), EINVAL);
	T_ERR(syscall(SYS_rt_sigaction, 65, raw, NULL, 8), EINVAL);
	T_ERR(syscall(SYS_rt_sigaction, SIGKILL, raw, NULL, 8), EINVAL);
	T_ERR(syscall(SYS_rt_sigaction, SIGSTOP, raw, NULL, 8), EINVAL);
	T_OK(syscall(SYS_rt_sigaction, SIGKILL, NULL, raw, 8));
	T_ERR(syscall(SYS_rt_sigaction, SIGUSR1, raw, NULL, 4), EINVAL);
	T_ERR(syscall(SYS_rt_sigaction, SIGUSR1, t_badptr(), NULL, 8), EFAULT);
	T_ERR(syscall(SYS_rt_sigaction, SIGUSR1, NULL, t_badptr(), 8), EFAULT);
	return 0;
}
