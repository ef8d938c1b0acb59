/* a fault while SIGSEGV is blocked or ignored ends the process all the same */
#include "t.h"

int main(void)
{
	pid_t pid = T_OK(fork());

	if (pid == 0) {
		t_block(SIGSEGV);
		*(volatile char *)t_badptr() = 1;
		_exit(1);
	}
	T_SIGNALED(pid, SIGSEGV);
	pid = T_OK(fork());
	if (pid == 0) {
		t_on_signal(SIGSEGV, SIG_IGN, 0);
		*(volatile char *)t_badptr() = 1;
		_exit(1);
	}
	T_SIGNALED(pid, SIGSEGV);
	return 0;
}
