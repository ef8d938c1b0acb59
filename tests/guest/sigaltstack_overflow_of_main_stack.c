/*
 * endless recursion ends in SIGSEGV, and an alternate stack lets a handler see
 * it
 */
#include <setjmp.h>
#include <sys/resource.h>

#include "t.h"

static sigjmp_buf out;
static char alt[65536];

static void on_segv(int sig)
{
	siglongjmp(out, sig);
}

static int recurse(long depth)
{
	volatile char frame[4096];

	frame[0] = (char)depth;
	if (depth == 0)
		return 0;
	return recurse(depth - 1) + frame[0];
}

int main(void)
{
	stack_t ss = {.ss_sp = alt, .ss_size = sizeof(alt)};
	struct rlimit limit;

	/* The caller's may be none at all. */
	T_OK(getrlimit(RLIMIT_STACK, &limit));
	if (limit.rlim_cur > 8 << 20)
		limit.rlim_cur = 8 << 20;
	T_OK(setrlimit(RLIMIT_STACK, &limit));
	T_OK(sigaltstack(&ss, NULL));
	t_on_signal(SIGSEGV, on_segv, SA_ONSTACK);
	if (sigsetjmp(out, 1) == 0) {
		recurse(1 << 30);
		return 1;
	}
	return 0;
}
