/*
 * Row 18: rt_sigreturn with frames that point into the stub, set flags of the
 * kernel's, or make no sense
 */
#include "a.h"

static void attack(void *arg)
{
	static struct {
		char below[4096];
		ucontext_t uc;
		unsigned char fp[8192];
	} area __attribute__((aligned(64)));
	int kind = (int)(intptr_t)arg;
	greg_t *g = area.uc.uc_mcontext.gregs;

	memset(&area, kind & 1 ? 0 : 0x5a, sizeof(area));
	g[REG_RIP] = kind < 4   ? STUB_BASE + kind * 16
		     : kind < 6 ? CHAN_BASE
				: (greg_t)0xffff800000000000;
	g[REG_RSP] = (kind % 3 ? CHAN_BASE + CHAN_SIZE - 64 : 0x10);
	g[REG_EFL] = (greg_t)0xffffffff;
	g[REG_CSGSFS] = kind == 7 ? 0x23 : kind == 8 ? 0xffff : 0x33;
	area.uc.uc_mcontext.fpregs = kind == 9    ? (void *)CHAN_BASE
				     : kind == 10 ? (void *)0xffff800000000000
						  : (void *)area.fp;
	asm volatile("mov %0, %%rsp\n\tmov $15, %%eax\n\tsyscall\n\tud2"
		     :
		     : "r"(&area.uc)
		     : "memory");
}

int main(void)
{
	intptr_t i;

	for (i = 0; i < 12; i++)
		a_try_for(100, attack, (void *)i);
	a_survives();
	return 0;
}
