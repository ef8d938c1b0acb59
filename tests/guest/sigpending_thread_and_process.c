/* sigpending(2) shows what waits for the thread and for the process */
#include "t.h"

int main(void)
{
	sigset_t set;

	t_block(SIGUSR1);
	t_block(SIGUSR2);
	T_OK(kill(getpid(), SIGUSR1));
	T_OK(syscall(SYS_tgkill, getpid(), t_gettid(), SIGUSR2));
	T_OK(sigpending(&set));
	T_EQ(sigismember(&set, SIGUSR1), 1);
	T_EQ(sigismember(&set, SIGUSR2), 1);
	T_EQ(sigismember(&set, SIGTERM), 0);
	T_ERR(syscall(SYS_rt_sigpending, t_badptr(), 8), EFAULT);
	T_ERR(syscall(SYS_rt_sigpending, &set, 16), EINVAL);
	return 0;
}
