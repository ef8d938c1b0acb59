/* getpid(2), getppid(2) and what fork returned agree */
#include "t.h"

int main(void)
{
	pid_t parent = getpid(), pid;

	T_GT(parent, 0);
	pid = T_OK(fork());
	if (pid == 0) {
		T_NE(getpid(), parent);
		T_EQ(getppid(), parent);
		_exit(0);
	}
	T_NE(pid, parent);
	t_reap(pid);
	T_EQ(getpid(), parent);
	return 0;
}
