/* SIGCHLD says who ended, how, and with what */
#include "t.h"

static volatile int nr, code, status;
static volatile pid_t who;

static void on_chld(int sig, siginfo_t *si, void *ctx)
{
	T_TRUE(sig == SIGCHLD && ctx != NULL);
	code = si->si_code;
	status = si->si_status;
	who = si->si_pid;
	nr++;
}

int main(void)
{
	struct sigaction sa = {.sa_sigaction = on_chld, .sa_flags = SA_SIGINFO};
	sigset_t none;
	pid_t pid;

	sigemptyset(&none);
	t_block(SIGCHLD);
	T_OK(sigaction(SIGCHLD, &sa, NULL));
	pid = T_OK(fork());
	if (pid == 0)
		_exit(12);
	sigsuspend(&none);
	T_EQ(nr, 1);
	T_EQ(code, CLD_EXITED);
	T_EQ(status, 12);
	T_EQ(who, pid);
	T_EXITED(pid, 12);
	pid = T_OK(fork());
	if (pid == 0) {
		raise(SIGKILL);
		_exit(1);
	}
	sigsuspend(&none);
	T_EQ(code, CLD_KILLED);
	T_EQ(status, SIGKILL);
	T_SIGNALED(pid, SIGKILL);
	return 0;
}
