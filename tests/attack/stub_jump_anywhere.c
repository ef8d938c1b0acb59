/*
 * Invariant 1: jumps into the middle of the stub, with registers full of
 * numbers that mean something to it, harm nobody but the one who jumps
 */
#include "a.h"

static void jump(void *arg)
{
	asm volatile("mov %[c], %%rbx\n\tmov %[c], %%r12\n\tmov %[c], %%r13\n\tmov %[c], %%r14\n\t"
		     "mov %[c], %%r15\n\tmov %[c], %%rdi\n\tmov %[c], %%rsi\n\tmov $4, "
		     "%%edx\n\tmov $1, %%r8\n\t"
		     "mov $2, %%r9\n\tmov $231, %%eax\n\tjmp *%[at]"
		     :
		     : [at] "r"(arg), [c] "r"(CHAN_BASE)
		     : "rbx", "r12", "r13", "r14", "r15", "rdi", "rsi", "rdx", "r8", "r9",
		       "memory");
	_exit(0);
}

int main(void)
{
	unsigned i, last = 0;

	if (!a_readable(STUB_BASE))
		T_SKIP("the stub cannot be read");
	for (i = 0; i < STUB_SIZE; i++)
		if (*(volatile unsigned char *)(STUB_BASE + i))
			last = i;
	for (i = 0; i <= last; i += 5) {
		a_try_for(20, jump, (void *)(uintptr_t)(STUB_BASE + i));
		if (i % 100 == 0)
			a_survives();
	}
	a_survives();
	return 0;
}
