/* sigaltstack(2): minimum size, unknown flags, disabling, reading back */
#include "t.h"

int main(void)
{
	static char mem[65536];
	stack_t ss = {.ss_sp = mem, .ss_size = 1000}, old;

	T_OK(sigaltstack(NULL, &old));
	T_EQ(old.ss_flags, SS_DISABLE);
	T_ERR(sigaltstack(&ss, NULL), ENOMEM);
	ss.ss_size = sizeof(mem);
	ss.ss_flags = 4;
	T_ERR(sigaltstack(&ss, NULL), EINVAL);
	ss.ss_flags = 0;
	T_OK(sigaltstack(&ss, NULL));
	T_OK(sigaltstack(NULL, &old));
	T_TRUE(old.ss_sp == mem);
	T_EQ(old.ss_size, sizeof(mem));
	T_EQ(old.ss_flags, 0);
	ss.ss_flags = SS_DISABLE;
	T_OK(sigaltstack(&ss, NULL));
	T_OK(sigaltstack(NULL, &old));
	T_EQ(old.ss_flags, SS_DISABLE);
	T_ERR(syscall(SYS_sigaltstack, t_badptr(), NULL), EFAULT);
	return 0;
}
