/*
 * vfork(2) shares memory, and the parent waits until the child ends or
 * executes
 */
#include "t.h"

int main(void)
{
	static volatile int shared;
	pid_t pid = vfork();

	if (pid == 0) {
		shared = 7;
		_exit(3);
	}
	T_NE(pid, -1);
	T_EQ(shared, 7);
	T_EXITED(pid, 3);
	return 0;
}
