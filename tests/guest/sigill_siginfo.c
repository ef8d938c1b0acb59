/* an undefined instruction raises SIGILL at its address */
#include <setjmp.h>

#include "t.h"

static sigjmp_buf out;
static volatile int code;
static void *volatile where;

static void on_ill(int sig, siginfo_t *si, void *ctx)
{
	T_TRUE(sig == SIGILL && ctx != NULL);
	code = si->si_code;
	where = si->si_addr;
	siglongjmp(out, 1);
}

int main(void)
{
	struct sigaction sa = {.sa_sigaction = on_ill, .sa_flags = SA_SIGINFO};
	void *volatile at = NULL;

	T_OK(sigaction(SIGILL, &sa, NULL));
	if (sigsetjmp(out, 1) == 0)
		asm volatile("lea 1f(%%rip), %%rax\n\tmov %%rax, %0\n1:\tud2" : "=m"(at) : : "rax");
	T_EQ(code, ILL_ILLOPN);
	T_TRUE(where == at);
	return 0;
}
