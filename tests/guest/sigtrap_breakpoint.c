/* int3 raises SIGTRAP behind itself */
#include <ucontext.h>

#include "t.h"

static volatile unsigned long rip;
static volatile int code, nr;

static void on_trap(int sig, siginfo_t *si, void *ctx)
{
	T_EQ(sig, SIGTRAP);
	rip = (unsigned long)((ucontext_t *)ctx)->uc_mcontext.gregs[REG_RIP];
	code = si->si_code;
	nr++;
}

int main(void)
{
	struct sigaction sa = {.sa_sigaction = on_trap, .sa_flags = SA_SIGINFO};
	unsigned long at;

	T_OK(sigaction(SIGTRAP, &sa, NULL));
	asm volatile("lea 1f(%%rip), %0\n\tint3\n1:" : "=r"(at));
	T_EQ(nr, 1);
	T_EQ(code, SI_KERNEL);
	T_EQ(rip, at);
	return 0;
}
