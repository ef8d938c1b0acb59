/*
 * Row 15: hostile fs and gs bases, set by system call and by instruction,
 * while calls are made and signals come
 */
#include <asm/prctl.h>
#include <sys/auxv.h>

#include "a.h"

static void attack(void *arg)
{
	struct itimerval it = {{0, 500}, {0, 500}};
	uintptr_t base = (uintptr_t)arg;
	long ret, i;

	t_on_signal(SIGALRM, t_ignore_signal, 0);
	setitimer(ITIMER_REAL, &it, NULL);
	syscall(SYS_arch_prctl, ARCH_SET_GS, base);
	if (getauxval(AT_HWCAP2) & 2)
		asm volatile("wrgsbase %0" : : "r"(base));
	for (i = 0; i < 2000; i++)
		asm volatile("syscall"
			     : "=a"(ret)
			     : "a"((long)SYS_getppid)
			     : "rcx", "r11", "memory");
	if (getauxval(AT_HWCAP2) & 2)
		asm volatile("wrfsbase %0" : : "r"(base));
	for (i = 0; i < 2000; i++)
		asm volatile("syscall"
			     : "=a"(ret)
			     : "a"((long)SYS_getppid)
			     : "rcx", "r11", "memory");
	asm volatile("syscall" : : "a"((long)SYS_exit_group), "D"(0L) : "rcx", "r11", "memory");
}

int main(void)
{
	static const uintptr_t bases[] = {0,
					  1,
					  A_PAGE,
					  STUB_BASE,
					  STUB_BASE + 8,
					  CHAN_BASE,
					  CHAN_BASE + CHAN_SIZE - 1,
					  CHAN_END,
					  0x7fffffffffff};
	size_t i;

	for (i = 0; i < sizeof(bases) / sizeof(*bases); i++)
		a_try(attack, (void *)bases[i]);
	return 0;
}
