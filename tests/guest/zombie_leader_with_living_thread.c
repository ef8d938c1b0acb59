/*
 * a process whose first thread has ended is no zombie for wait until the last
 * thread ends
 */
#include "t.h"

static void *survivor(void *arg)
{
	char c;

	t_await_state(getpid(), "Z");
	T_EQ(write(*(int *)arg, "x", 1), 1);
	T_EQ(read(((int *)arg)[1], &c, 1), 0);
	syscall(SYS_exit_group, 8);
	return NULL;
}

int main(void)
{
	int up[2], down[2], fds[2];
	pthread_t t;
	pid_t pid;

	T_OK(pipe(up));
	T_OK(pipe(down));
	pid = T_OK(fork());
	if (pid == 0) {
		T_OK(close(down[1]));
		fds[0] = up[1];
		fds[1] = down[0];
		T_EQ(pthread_create(&t, NULL, survivor, fds), 0);
		syscall(SYS_exit, 0);
	}
	t_take(up[0]);
	T_EQ(waitpid(pid, NULL, WNOHANG), 0);
	T_OK(kill(pid, 0));
	T_OK(close(down[1]));
	T_EXITED(pid, 8);
	return 0;
}
