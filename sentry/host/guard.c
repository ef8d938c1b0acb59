/*
 * The handler behind guarded_copy() (guard.h).
 *
 * As the host kernel does for its own copies from user space: the faulting
 * instruction is known by its address, and execution goes on at the place for
 * faults.  The copy itself pays nothing.
 *
 * Locks: none.
 */
#include "host/guard.h"

#include <signal.h>
#include <ucontext.h>

/* In guarded_copy.S: where a fault comes back. */
extern const char guarded_copy_fault[];

static bool ready; /* set once, before there are other threads */

static void on_sigbus(int sig, siginfo_t *info, void *context)
{
	ucontext_t *uc = context;
	greg_t *ip = &uc->uc_mcontext.gregs[REG_RIP];

	(void)info;
	if (*ip >= (greg_t)guarded_copy && *ip < (greg_t)guarded_copy_fault)
		*ip = (greg_t)guarded_copy_fault;
	else
		/* The instruction faults again, and that is the end. */
		signal(sig, SIG_DFL);
}

int guard_init(void)
{
	struct sigaction sa = {.sa_sigaction = on_sigbus, .sa_flags = SA_SIGINFO};

	sigemptyset(&sa.sa_mask);
	if (sigaction(SIGBUS, &sa, NULL))
		return -errno;
	ready = true;
	return 0;
}

bool guard_ready(void)
{
	return ready;
}
