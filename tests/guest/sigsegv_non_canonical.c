/* an address that no page table can hold: SI_KERNEL, address 0 */
#include <setjmp.h>

#include "t.h"

static sigjmp_buf out;
static volatile int code;
static void *volatile where;

static void on_segv(int sig, siginfo_t *si, void *ctx)
{
	T_TRUE(sig == SIGSEGV && ctx != NULL);
	code = si->si_code;
	where = si->si_addr;
	siglongjmp(out, 1);
}

int main(void)
{
	struct sigaction sa = {.sa_sigaction = on_segv, .sa_flags = SA_SIGINFO};
	volatile char *volatile bad = (char *)0x8000000000001234UL;

	T_OK(sigaction(SIGSEGV, &sa, NULL));
	if (sigsetjmp(out, 1) == 0)
		*bad = 1;
	T_EQ(code, SI_KERNEL);
	T_TRUE(where == NULL);
	return 0;
}
