/* a handler whose frame does not fit on the stack: SIGSEGV */
#include "t.h"

int main(void)
{
	pid_t pid = T_OK(fork());

	if (pid == 0) {
		t_on_signal(SIGUSR1, t_ignore_signal, 0);
		asm volatile("mov $16, %%rsp\n\tsyscall\n\tud2"
			     :
			     : "a"((long)SYS_tgkill), "D"((long)getpid()), "S"((long)t_gettid()),
			       "d"((long)SIGUSR1)
			     : "rcx", "r11", "memory");
		_exit(1);
	}
	T_SIGNALED(pid, SIGSEGV);
	return 0;
}
