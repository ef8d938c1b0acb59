/*
 * The core a worker lives on: its home.
 *
 * A guest thread that is answered wakes on the worker's core, and sleeps again in its
 * next call.  The host would wake the worker on another core if that one is idle, the
 * guest would follow, and so on: two wake-ups of an idle core a call, ten times what
 * the call costs, and the caches of both are cold each time.  So a worker ties itself to
 * where it woke, for a moment: longer than such moves take, shorter than it would matter
 * on a core that fills up.  Then it wakes where the host likes, and that is its home.
 *
 * Where many want the cores it does not: each sleep gives the core to some other sandbox,
 * and waiting for it on one core only is longer.  That is known by how long the gofer takes.
 *
 * The gofer comes along when it is the only worker that asks (sched_home()).  One that
 * looks at channels lives elsewhere as long as it does, and comes home afterwards.
 *
 * Locks: none; all of it is the worker's own.
 */
#include <sched.h>

#include "lib/cycles.h"
#include "lib/log.h"
#include "sched/internal.h"

#define TIED_FOR    (20 * NSEC_PER_MSEC)
#define LATE        (400 * NSEC_PER_USEC) /* the gofer needs a tenth of that */
#define CROWDED_FOR (50 * NSEC_PER_MSEC)

static void tie(struct worker *w, int cpu)
{
	cpu_set_t here;

	/* Taken anew each time: the host may have given us other cores. */
	if (cpu < 0 || host_sched_getaffinity(0, &w->cores))
		return;
	CPU_ZERO(&here);
	CPU_SET(cpu, &here);
	if (host_sched_setaffinity(0, sizeof(here), &here))
		return;
	w->tied_until = cycles() + cycles_from_ns(TIED_FOR);
}

void core_untie(struct worker *w)
{
	if (!w || !w->tied_until)
		return;
	w->tied_until = 0;
	if (host_sched_setaffinity(0, sizeof(w->cores), &w->cores))
		log_warn("worker %u stays on its core", w->index);
}

void core_woken(struct worker *w)
{
	u64 now = cycles();

	if (w->left >= 0 || now < w->crowded_until)
		return;
	if (!w->tied_until)
		tie(w, sched_getcpu());
	else if (now >= w->tied_until)
		core_untie(w);
}

void sched_waited(u64 taken)
{
	struct worker *w = worker_self();

	if (!w || taken < cycles_from_ns(LATE))
		return;
	w->crowded_until = cycles() + cycles_from_ns(CROWDED_FOR);
	core_untie(w);
}

void sched_leave_core(void)
{
	struct worker *w = worker_self();
	cpu_set_t all, others;
	int cpu = sched_getcpu();

	core_untie(w);
	if (cpu < 0 || host_sched_getaffinity(0, &all))
		return;
	others = all;
	CPU_CLR(cpu, &others);
	if (CPU_COUNT(&others) == 0 || host_sched_setaffinity(0, sizeof(others), &others))
		return;
	if (host_sched_setaffinity(0, sizeof(all), &all))
		log_warn("worker %u may not return to core %d", w->index, cpu);
	w->left = cpu;
}

void sched_return_core(void)
{
	struct worker *w = worker_self();

	if (w->left >= 0 && cycles() >= w->crowded_until)
		tie(w, w->left);
	w->left = -1;
}

int sched_home(void)
{
	const struct worker *w = worker_self();
	int cpu;

	if (!w || worker_each(1))
		return -1;
	cpu = w->left >= 0 ? w->left : sched_getcpu();
	return cpu < CPU_SETSIZE ? cpu : -1;
}
