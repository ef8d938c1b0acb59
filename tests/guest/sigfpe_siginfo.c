/*
 * division by zero raises SIGFPE with FPE_INTDIV and the instruction's address
 */
#include <setjmp.h>

#include "t.h"

static sigjmp_buf out;
static volatile int code;
static void *volatile where;

static void on_fpe(int sig, siginfo_t *si, void *ctx)
{
	T_TRUE(sig == SIGFPE && ctx != NULL);
	code = si->si_code;
	where = si->si_addr;
	siglongjmp(out, 1);
}

int main(void)
{
	struct sigaction sa = {.sa_sigaction = on_fpe, .sa_flags = SA_SIGINFO};

	T_OK(sigaction(SIGFPE, &sa, NULL));
	if (sigsetjmp(out, 1) == 0)
		asm volatile("xor %%edx, %%edx\n\tmov $1, %%eax\n\txor %%ecx, %%ecx\n\tdiv %%ecx" ::
				     : "eax", "ecx", "edx");
	T_EQ(code, FPE_INTDIV);
	T_TRUE(where != NULL);
	return 0;
}
