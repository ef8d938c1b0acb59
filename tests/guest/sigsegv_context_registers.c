/*
 * the context of a fault shows registers and instruction, and changes to them
 * hold
 */
#include <ucontext.h>

#include "t.h"

static volatile unsigned long rip, rbx, err, trap, cr2;

static void on_segv(int sig, siginfo_t *si, void *ctx)
{
	mcontext_t *m = &((ucontext_t *)ctx)->uc_mcontext;

	T_TRUE(sig == SIGSEGV && si != NULL);
	rip = (unsigned long)m->gregs[REG_RIP];
	rbx = (unsigned long)m->gregs[REG_RBX];
	err = (unsigned long)m->gregs[REG_ERR];
	trap = (unsigned long)m->gregs[REG_TRAPNO];
	cr2 = (unsigned long)m->gregs[REG_CR2];
	m->gregs[REG_RIP] += 3;
	m->gregs[REG_RAX] = 0x5555;
}

int main(void)
{
	struct sigaction sa = {.sa_sigaction = on_segv, .sa_flags = SA_SIGINFO};
	unsigned long rax = 16, at;

	T_OK(sigaction(SIGSEGV, &sa, NULL));
	asm volatile("mov $0x123456789a, %%rbx\n\tlea 1f(%%rip), %%rcx\n"
		     "1:\tmov %%rbx, (%%rax)\n\t"
		     : "+a"(rax), "=&c"(at)
		     :
		     : "rbx", "memory");
	T_EQ(rip, at);
	T_EQ(rbx, 0x123456789a);
	T_EQ(rax, 0x5555);
	T_EQ(trap, 14);
	T_EQ(cr2, 16);
	T_EQ(err & 6, 6);
	return 0;
}
