/*
 * clone(2) names the signal of the child's end; waiting for it needs __WALL or
 * __WCLONE
 */
#include "t.h"

static volatile sig_atomic_t got;

static void on_end(int sig)
{
	got = sig;
}

int main(void)
{
	pid_t pid;
	int status;

	t_on_signal(SIGUSR1, on_end, 0);
	pid = T_OK((pid_t)syscall(SYS_clone, SIGUSR1, 0, 0, 0, 0));
	if (pid == 0)
		_exit(6);
	while (!got)
		sched_yield();
	T_ERR(waitpid(pid, &status, WNOHANG), ECHILD);
	T_EQ(waitpid(pid, &status, __WALL), pid);
	T_EQ(WEXITSTATUS(status), 6);
	return 0;
}
