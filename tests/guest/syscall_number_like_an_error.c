/*
 * a call whose number is that of an error, or of one of the kernel's restart codes, is an
 * unknown call like any other: not restarted, and no register lost
 */
#include "t.h"

static long call(unsigned long nr, unsigned long *ret_changed)
{
	register unsigned long r8 asm("r8") = 0x1111, r9 asm("r9") = 0x2222,
				  r10 asm("r10") = 0x3333;
	unsigned long di = 0x4444, si = 0x5555, dx = 0x6666, bx = 0x7777;
	long ret;

	asm volatile("syscall"
		     : "=a"(ret), "+D"(di), "+S"(si), "+d"(dx), "+b"(bx), "+r"(r8), "+r"(r9),
		       "+r"(r10)
		     : "a"(nr)
		     : "rcx", "r11", "memory");
	*ret_changed = (r8 ^ 0x1111) | (r9 ^ 0x2222) | (r10 ^ 0x3333) | (di ^ 0x4444) |
		       (si ^ 0x5555) | (dx ^ 0x6666) | (bx ^ 0x7777);
	return ret;
}

int main(void)
{
	/* EPERM, EINTR, ERESTARTSYS, ERESTARTNOINTR, ERESTARTNOHAND, 515, ERESTART_RESTARTBLOCK */
	static const int numbers[] = {1, 4, 511, 512, 513, 514, 515, 516, 517, 4095};
	unsigned long changed;

	for (int round = 0; round < 6; round++) {
		for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
			T_EQ(call(-(unsigned long)numbers[i], &changed), -ENOSYS);
			T_EQ(changed, 0);
			/* The upper half does not count. */
			T_EQ(call((unsigned)-numbers[i], &changed), -ENOSYS);
			T_EQ(changed, 0);
		}
		T_EQ(call(SYS_getpid | 1ul << 32, &changed), getpid());
		T_EQ(changed, 0);
	}
	return 0;
}
