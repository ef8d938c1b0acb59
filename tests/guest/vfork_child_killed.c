/*
 * a parent in vfork(2) goes on when its child is killed, and can itself be
 * killed while it waits
 */
#include "t.h"

int main(void)
{
	pid_t pid = T_OK(fork()), child;
	int p[2];

	if (pid == 0) {
		child = vfork();
		if (child == 0) {
			kill(getpid(), SIGKILL);
			_exit(1);
		}
		T_SIGNALED(child, SIGKILL);
		_exit(0);
	}
	t_reap(pid);
	T_OK(pipe(p));
	pid = T_OK(fork());
	if (pid == 0) {
		child = vfork();
		if (child == 0) {
			pid_t me = getpid();
			write(p[1], &me, sizeof(me));
			for (;;)
				pause();
		}
		_exit(7);
	}
	T_EQ(read(p[0], &child, sizeof(child)), sizeof(child));
	T_OK(kill(pid, SIGKILL));
	T_SIGNALED(pid, SIGKILL);
	T_OK(kill(child, SIGKILL));
	return 0;
}
