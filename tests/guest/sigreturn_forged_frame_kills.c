/*
 * rt_sigreturn with a stack that cannot be read ends the process with SIGSEGV
 */
#include "t.h"

int main(void)
{
	pid_t pid = T_OK(fork());

	if (pid == 0) {
		asm volatile("mov $15, %%eax\n\tmov $8, %%esp\n\tsyscall\n\tud2" ::: "memory");
		_exit(1);
	}
	T_SIGNALED(pid, SIGSEGV);
	return 0;
}
