/*
 * Keeping a worker on the core its guests run on.
 *
 * A guest thread that is answered wakes on the worker's core, and sleeps again
 * in its next call.  The host would wake the worker on another core if that one
 * is idle, the guest would follow, and so on: two wake-ups of an idle core a
 * call, ten times what the call costs.  So a worker that was moved several times
 * in quick succession ties itself to where it is, for a moment: longer than the
 * moves take, shorter than it would matter on a core that fills up.
 *
 * Locks: none; all of it is the worker's own.
 */
#include <sched.h>

#include "lib/log.h"
#include "sched/internal.h"

#define MOVES_MAX  4
#define MOVES_SPAN NSEC_PER_MSEC /* moves further apart are not in succession */
#define TIED_FOR   (20 * NSEC_PER_MSEC)

static void tie(struct worker *w, int cpu, u64 now)
{
	cpu_set_t here;

	/* Taken anew each time: the host may have given us other cores. */
	if (host_sched_getaffinity(0, &w->cores))
		return;
	CPU_ZERO(&here);
	CPU_SET(cpu, &here);
	if (!host_sched_setaffinity(0, sizeof(here), &here))
		w->tied_until = now + TIED_FOR;
}

static void untie(struct worker *w)
{
	w->tied_until = 0;
	if (host_sched_setaffinity(0, sizeof(w->cores), &w->cores))
		log_warn("worker %u stays on its core", w->index);
}

void sched_leave_core(void)
{
	struct worker *w = worker_self();
	cpu_set_t all, others;
	int cpu = sched_getcpu();

	if (w->tied_until)
		untie(w);
	if (cpu < 0 || host_sched_getaffinity(0, &all))
		return;
	others = all;
	CPU_CLR(cpu, &others);
	if (CPU_COUNT(&others) == 0 || host_sched_setaffinity(0, sizeof(others), &others))
		return;
	if (host_sched_setaffinity(0, sizeof(all), &all))
		log_warn("worker %u may not return to core %d", w->index, cpu);
	w->cpu = sched_getcpu();
	w->moves = 0;
}

void core_woken(struct worker *w)
{
	int cpu = sched_getcpu();
	u64 now;

	if (likely(cpu == w->cpu && !w->tied_until))
		return;
	now = now_ns();
	if (w->tied_until) {
		if (now >= w->tied_until)
			untie(w);
		return;
	}
	w->moves = now - w->moved_at < MOVES_SPAN ? w->moves + 1 : 0;
	w->moved_at = now;
	w->cpu = cpu;
	if (w->moves < MOVES_MAX || cpu < 0)
		return;
	w->moves = 0;
	tie(w, cpu, now);
}
