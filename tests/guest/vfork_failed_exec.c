/*
 * after vfork(2) an exec that fails returns in the child, and the parent goes
 * on after its exit
 */
#include "t.h"

int main(void)
{
	static char *args[] = {(char *)"absent", NULL};
	static volatile int err;
	pid_t pid = vfork();

	if (pid == 0) {
		execv("./absent", args);
		err = errno;
		_exit(1);
	}
	T_NE(pid, -1);
	T_EQ(err, ENOENT);
	T_EXITED(pid, 1);
	return 0;
}
