/* clone3(2): child tid, exit signal, pidfd */
#include <linux/sched.h>

#include "t.h"

int main(void)
{
	struct clone_args args = {0};
	pid_t child_tid = 0, parent_tid = 0, pid;
	struct pollfd pfd;
	int pidfd = -1;

	args.flags = CLONE_PIDFD | CLONE_PARENT_SETTID | CLONE_CHILD_SETTID;
	args.pidfd = (uintptr_t)&pidfd;
	args.parent_tid = (uintptr_t)&parent_tid;
	args.child_tid = (uintptr_t)&child_tid;
	args.exit_signal = SIGCHLD;
	pid = T_OK((pid_t)syscall(SYS_clone3, &args, sizeof(args)));
	if (pid == 0)
		_exit(child_tid == getpid() ? 0 : 1);
	T_EQ(parent_tid, pid);
	T_GT(pidfd, 2);
	pfd = (struct pollfd){.fd = pidfd, .events = POLLIN};
	T_EQ(poll(&pfd, 1, -1), 1);
	t_reap(pid);
	return 0;
}
