/*
 * SIGSEGV tells the address, and whether nothing is there or it may not be
 * touched
 */
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
	volatile char *ro = T_OK(mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	volatile char *none = t_badptr();

	T_OK(sigaction(SIGSEGV, &sa, NULL));
	if (sigsetjmp(out, 1) == 0)
		*none = 1;
	T_EQ(code, SEGV_MAPERR);
	T_EQ((uintptr_t)where, 8);
	if (sigsetjmp(out, 1) == 0)
		ro[100] = 1;
	T_EQ(code, SEGV_ACCERR);
	T_EQ((uintptr_t)where, (uintptr_t)(ro + 100));
	if (sigsetjmp(out, 1) == 0)
		((void (*)(void))(uintptr_t)ro)();
	T_EQ(code, SEGV_ACCERR);
	T_EQ((uintptr_t)where, (uintptr_t)ro);
	return 0;
}
