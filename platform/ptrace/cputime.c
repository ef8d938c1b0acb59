/*
 * CPU time of guest threads.
 *
 * The host tells another process's CPU time, not that of one of its threads.
 * An address space with one vcpu needs no more.  With several, what the process
 * has used since the last look is shared out in proportion to the time each was
 * let run: exact in sum, never going back, and nearly right for each, since a
 * guest thread that does not use the CPU is stopped with us.
 *
 * Locks: aspace.lock guards what was shared out, vcpu.lock the time let run.
 */
#include <time.h>

#include "platform/ptrace/ptrace.h"

u64 pt_process_cputime(const struct aspace *as)
{
	clockid_t clock = (clockid_t)(~(unsigned)as->pid << 3 | 2);
	struct timespec ts;

	if (as->dead)
		return as->cpu_at_death;
	if (as->pid <= 0 || host_clock_gettime(clock, &ts))
		return 0;
	return (u64)ts.tv_sec * NSEC_PER_SEC + (u64)ts.tv_nsec;
}

void pt_cputime_resumed(struct vcpu *v)
{
	if (__atomic_load_n(&v->as->shared, __ATOMIC_RELAXED))
		v->ran_since = now_ns();
}

void pt_cputime_stopped(struct vcpu *v)
{
	if (v->ran_since)
		v->ran += now_ns() - v->ran_since;
	v->ran_since = 0;
}

/* How long @v was let run since it was last asked. */
static u64 take_ran(struct vcpu *v, u64 now)
{
	u64 ran;

	spin_lock(&v->lock);
	if (v->ran_since && now > v->ran_since) {
		v->ran += now - v->ran_since;
		v->ran_since = now;
	}
	ran = v->ran;
	v->ran = 0;
	spin_unlock(&v->lock);
	return ran;
}

static void share_out_locked(struct aspace *as) REQUIRES(as->lock)
{
	u64 used = pt_process_cputime(as), now = now_ns(), total = 0;
	struct vcpu *v;

	list_for_each_entry (v, &as->vcpus, node) {
		v->share = take_ran(v, now);
		total += v->share;
	}
	if (used <= as->cpu_shared || total == 0)
		return;
	used -= as->cpu_shared;
	as->cpu_shared += used;
	list_for_each_entry (v, &as->vcpus, node)
		v->cpu += (u64)((unsigned __int128)used * v->share / total);
}

void pt_cputime_becomes_shared(struct aspace *as)
{
	struct vcpu *v;

	spin_lock(&as->lock);
	if (!as->shared) {
		__atomic_store_n(&as->shared, true, __ATOMIC_RELAXED);
		as->cpu_shared = pt_process_cputime(as);
		list_for_each_entry (v, &as->vcpus, node)
			v->cpu = as->cpu_shared;
	}
	spin_unlock(&as->lock);
}

u64 pt_vcpu_cputime(struct vcpu *v)
{
	struct aspace *as = v->as;
	u64 ns;

	spin_lock(&as->lock);
	if (as->shared) {
		share_out_locked(as);
		ns = v->cpu;
	} else {
		ns = pt_process_cputime(as);
	}
	spin_unlock(&as->lock);
	return ns;
}
