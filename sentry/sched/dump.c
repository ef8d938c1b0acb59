/*
 * Every fiber's stack trace, for the one who debugs a hang.
 *
 * A parked fiber is resumed for a moment to print its own stack: the compiler's
 * unwinder only knows the stack it runs on.  Addresses are relative to the
 * binary, since the sentry may not open its own symbols:
 * `addr2line -pfe bailey ADDRESS` names them.
 *
 * Runs on a worker outside any fiber (a poll source or a timer), so that no
 * fiber of this worker moves meanwhile; those of other workers are only named.
 */
#include <unistd.h>
#include <unwind.h>

#include "sched/internal.h"

#define FRAMES_MAX 40

extern const char __executable_start[];

struct trace {
	int fd;
	int frames;
};

static _Unwind_Reason_Code print_frame(struct _Unwind_Context *ctx, void *arg)
{
	struct trace *tr = arg;
	uintptr_t ip = _Unwind_GetIP(ctx);

	if (!ip || tr->frames++ == FRAMES_MAX)
		return _URC_END_OF_STACK;
	/* Of the call, not of what comes after it. */
	dprintf(tr->fd, "    %#lx\n", ip - (uintptr_t)__executable_start - 1);
	return _URC_NO_REASON;
}

void fiber_print_stack(int fd)
{
	struct trace tr = {.fd = fd};

	_Unwind_Backtrace(print_frame, &tr);
}

static const char *const state_name[] = {
	[FIBER_RUNNING] = "runnable",
	[FIBER_PARKING] = "about to park",
	[FIBER_PARKED] = "parked",
	[FIBER_DONE] = "done",
};

void sched_dump_stacks(int fd)
{
	struct worker *w;

	for (unsigned i = 0; (w = worker_each(i)); i++) {
		struct fiber *f;

		spin_lock(&w->lock);
		list_for_each_entry (f, &w->fibers, all) {
			dprintf(fd, "fiber %s: worker %u, %s%s\n", f->name, w->index,
				state_name[__atomic_load_n(&f->state, __ATOMIC_ACQUIRE)],
				f->parker.nr_held ? ", holds locks" : "");
			if (w == worker_self())
				fiber_trace(w, f, fd);
		}
		spin_unlock(&w->lock);
	}
}
