/*
 * sigprocmask(2): block, unblock, set, the old mask; KILL and STOP cannot be
 * blocked
 */
#include "t.h"

int main(void)
{
	sigset_t set, old;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	T_OK(sigprocmask(SIG_SETMASK, &set, NULL));
	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	T_OK(sigprocmask(SIG_BLOCK, &set, &old));
	T_EQ(sigismember(&old, SIGUSR1), 1);
	T_EQ(sigismember(&old, SIGUSR2), 0);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	T_OK(sigprocmask(SIG_UNBLOCK, &set, &old));
	T_EQ(sigismember(&old, SIGUSR2), 1);
	sigfillset(&set);
	T_OK(sigprocmask(SIG_SETMASK, &set, &old));
	T_EQ(sigismember(&old, SIGUSR1), 0);
	T_OK(sigprocmask(SIG_SETMASK, NULL, &old));
	T_EQ(sigismember(&old, SIGKILL), 0);
	T_EQ(sigismember(&old, SIGSTOP), 0);
	T_EQ(sigismember(&old, SIGTERM), 1);
	T_ERR(sigprocmask(99, &set, NULL), EINVAL);
	T_OK(sigprocmask(99, NULL, &old));
	T_ERR(syscall(SYS_rt_sigprocmask, SIG_BLOCK, &set, NULL, 4), EINVAL);
	T_ERR(syscall(SYS_rt_sigprocmask, SIG_BLOCK, t_badptr(), NULL, 8), EFAULT);
	return 0;
}
