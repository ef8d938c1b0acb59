/* clone(2) with CLONE_VM and CLONE_FILES: what one does the other sees */
#include "t.h"

static volatile int seen;

static int child(void *arg)
{
	seen = 42;
	return dup2(0, 55) == 55 && arg ? 0 : 1;
}

int main(void)
{
	static char stack[65536] __attribute__((aligned(16)));
	pid_t pid =
		T_OK(clone(child, stack + sizeof(stack), CLONE_VM | CLONE_FILES | SIGCHLD, stack));

	T_EXITED(pid, 0);
	T_EQ(seen, 42);
	T_EQ(fcntl(55, F_GETFD), 0);
	return 0;
}
