/*
 * sigtimedwait(2) takes a pending signal with its information, and times out
 * with EAGAIN
 */
#include "t.h"

int main(void)
{
	struct timespec zero = {0, 0}, bad = {0, -1}, some = {0, 5000000};
	siginfo_t si;
	sigset_t set;
	int64_t start;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	t_block(SIGUSR1);
	T_ERR(sigtimedwait(&set, &si, &zero), EAGAIN);
	start = t_now(CLOCK_MONOTONIC);
	T_ERR(sigtimedwait(&set, &si, &some), EAGAIN);
	T_GE(t_now(CLOCK_MONOTONIC) - start, 5000000);
	T_OK(kill(getpid(), SIGUSR1));
	T_EQ(sigtimedwait(&set, &si, &zero), SIGUSR1);
	T_EQ(si.si_code, SI_USER);
	T_EQ(si.si_pid, getpid());
	T_ERR(sigtimedwait(&set, &si, &bad), EINVAL);
	T_ERR(syscall(SYS_rt_sigtimedwait, &set, NULL, &zero, 4), EINVAL);
	T_ERR(syscall(SYS_rt_sigtimedwait, t_badptr(), NULL, &zero, 8), EFAULT);
	return 0;
}
