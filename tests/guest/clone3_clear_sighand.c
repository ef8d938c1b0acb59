/*
 * CLONE_CLEAR_SIGHAND gives the child default handlers, ignored ones stay
 * ignored
 */
#include <linux/sched.h>

#include "t.h"

#ifndef CLONE_CLEAR_SIGHAND
#define CLONE_CLEAR_SIGHAND 0x100000000ULL
#endif
int main(void)
{
	struct clone_args args = {.flags = CLONE_CLEAR_SIGHAND, .exit_signal = SIGCHLD};
	struct sigaction sa;
	pid_t pid;

	t_on_signal(SIGUSR1, t_ignore_signal, 0);
	t_on_signal(SIGUSR2, SIG_IGN, 0);
	pid = T_OK((pid_t)syscall(SYS_clone3, &args, sizeof(args)));
	if (pid == 0) {
		T_OK(sigaction(SIGUSR1, NULL, &sa));
		T_TRUE(sa.sa_handler == SIG_DFL);
		T_OK(sigaction(SIGUSR2, NULL, &sa));
		T_TRUE(sa.sa_handler == SIG_IGN);
		_exit(0);
	}
	t_reap(pid);
	return 0;
}
