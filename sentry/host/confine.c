/*
 * The sentry's isolation (confine.h)
 *
 * In two steps, since the platform's zygote is made between them: it needs what
 * the second takes away.  No Landlock: it would keep the sentry from its own
 * guests, and a process that can open nothing needs no rule what it may open.
 */
#include "host/confine.h"

#include <unistd.h>

#include "host/filter.h"

void host_isolate(const int *keep, size_t nr, u64 born_in, struct harden_report *r)
{
	harden_fds(keep, nr, r);
	harden_isolate_begin(true, born_in, r);
	/* Made by whoever started us: in one of our own we are its first process. */
	harden_note(r, HARDEN_PID_NS, getpid() == 1 ? 0 : -EPERM);
}

void host_isolate_end(struct harden_report *r)
{
	harden_isolate_end(r);
}

void host_confine(bool trace, struct harden_report *r)
{
	harden_lock(0, r);
	harden_note(r, HARDEN_SECCOMP, host_filter_install(trace));
}

u32 host_layers_wanted(void)
{
	return ((1u << NR_HARDEN) - 1) & ~(1u << HARDEN_LANDLOCK);
}
