/* the gs base is inherited by fork and kept over handlers */
#include <asm/prctl.h>

#include "t.h"

static unsigned long cell = 0x1234;

static unsigned long through_gs(void)
{
	unsigned long v;

	asm volatile("mov %%gs:0, %0" : "=r"(v));
	return v;
}

int main(void)
{
	pid_t pid;

	T_OK(syscall(SYS_arch_prctl, ARCH_SET_GS, &cell));
	t_on_signal(SIGUSR1, t_ignore_signal, 0);
	T_OK(raise(SIGUSR1));
	T_EQ(through_gs(), 0x1234);
	pid = T_OK(fork());
	if (pid == 0) {
		cell = 0x77;
		T_EQ(through_gs(), 0x77);
		_exit(0);
	}
	t_reap(pid);
	T_EQ(through_gs(), 0x1234);
	return 0;
}
