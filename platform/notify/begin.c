/*
 * What the stub says at a program's start without us (begin.h, layout.h).
 *
 * Limits are hidden by others while the guest runs, and told only while it does not: what a
 * stub reads that has found them told was true when it looked.
 */
#include "platform/notify/begin.h"

#include <sys/resource.h>

#include "platform/begin.h"
#include "platform/notify/notify.h"

_Static_assert(NR_RLIMITS == RLIM_NLIMITS, "all of them are told");
_Static_assert(CHAN_RLIMITS + NR_RLIMITS * sizeof(struct rlimit64) <= CHAN_FACTS, "they fit");
_Static_assert(CHAN_SCRATCH + sizeof(struct rusage) <= CHAN_RLIMITS, "what orders write, too");

void begin_reset(struct vcpu *v)
{
	chan_write32(&v->ch, CHAN_BEGUN, 0);
	chan_write32(&v->ch, CHAN_LIMITS, 0);
	chan_write64(&v->ch, CHAN_BRK, 0);
}

void notify_vcpu_begun(const struct vcpu *v, struct vcpu_begun *ret)
{
	u32 begun = chan_read32(&v->ch, CHAN_BEGUN);

	*ret = (struct vcpu_begun){
		.tid = begun & BEGUN_TID,
		.robust = begun & BEGUN_ROBUST,
		.clear_child_tid = chan_read64(&v->ch, CHAN_TIDPTR),
		.robust_list = chan_read64(&v->ch, CHAN_ROBUST),
	};
}

void notify_vcpu_take_begun(struct vcpu *v, struct vcpu_begun *ret)
{
	notify_vcpu_begun(v, ret);
	chan_write32(&v->ch, CHAN_BEGUN, 0);
}

void notify_vcpu_set_limits(struct vcpu *v, const void *limits)
{
	memcpy(v->ch.mem + CHAN_RLIMITS, limits, NR_RLIMITS * sizeof(struct rlimit64));
	chan_write32(&v->ch, CHAN_LIMITS, 1);
}

void notify_vcpu_hide_limits(struct vcpu *v)
{
	chan_write32(&v->ch, CHAN_LIMITS, 0);
}

void notify_vcpu_set_brk(struct vcpu *v, uaddr_t brk)
{
	chan_write64(&v->ch, CHAN_BRK, brk);
}
