/*
 * How a guest sleeps in a call, and who wakes it.
 *
 * A call that slept for long the last time sleeps in a notification: when it ends we
 * are likely to have slept too, and that wakes the guest on our own core.  One that
 * did not sleeps on its bell, which takes no host call of ours.
 *
 * Two guests that take turns: one writes, which wakes the other, and then reads,
 * which makes it sleep.  With us looking on one core, both are on another.  To
 * wake the second one from here is an interrupt to a core that is busy with the
 * first: twice the price of all the rest.  So its bell is kept for a moment, and if the
 * first comes to sleep, it is told to ring, which costs a switch on its own core.
 *
 *	write -> wakes B, kept      read -> sleeps: "ring B's"
 *	A runs on                   A rings, sleeps; B runs, posts
 *
 * It is rung from here after KEPT; and after RUNG_BY, if B has not posted anything,
 * since a guest need not do as it is told.  Where guests do not take turns, keeping a
 * bell is time lost for who sleeps on it, so it is done only as long as it
 * mostly leads to a ring: trust.
 *
 * Locks: vcpu.lock; the rest is a worker's own.
 */
#include "platform/notify/handover.h"

#include "lib/cycles.h"
#include "platform/notify/bell.h"
#include "platform/notify/turn.h"
#include "platform/notify/watch.h"

#define NAP       (100 * NSEC_PER_USEC) /* no longer */
#define KEPT      (4 * NSEC_PER_USEC)
#define RUNG_BY   (30 * NSEC_PER_USEC)

#define TRUST_MAX 8
#define TRUST_NEW 2
#define TRY_AGAIN 64 /* bells rung at once, until one is kept nevertheless */

struct handover {
	u32 bell;      /* kept, or told to somebody; 0: none */
	bool told;     /* to ring it */
	u64 since;     /* cycles */
	int trust;     /* 0: none is kept */
	unsigned rung; /* at once, since trust was lost */
};

static __thread struct handover here = {.trust = TRUST_NEW};

static bool is_trusted(struct handover *h)
{
	if (h->trust > 0)
		return true;
	if (++h->rung < TRY_AGAIN)
		return false;
	h->rung = 0;
	return true;
}

void handover_flush(void)
{
	struct handover *h = &here;
	u32 bell = h->bell;

	h->bell = 0;
	if (bell)
		bell_ring(bell);
}

/* It was kept, or told, and nothing came of it. */
static void ring_late(struct handover *h)
{
	h->trust = max(h->trust - 2, 0);
	handover_flush();
}

/* The bell that somebody who comes to sleep shall ring, or 0. */
static u32 kept_bell(const struct handover *h)
{
	return h->told ? 0 : h->bell;
}

static void note_told(struct handover *h)
{
	h->told = true;
	h->since = cycles();
	h->trust = min(h->trust + 1, TRUST_MAX);
}

void handover_sleeps(struct vcpu *v)
{
	struct handover *h = &here;
	u32 bell = kept_bell(h);
	bool rings = false;

	v->slept_at = cycles();
	spin_lock(&v->lock);
	if (v->pos == POS_CALL && !v->stop.notified) {
		if (v->naps)
			rings = turn_put_to_rest_locked(v, bell) && bell;
		else
			turn_put_to_sleep_locked(v);
	}
	spin_unlock(&v->lock);
	if (rings)
		note_told(h);
	else if (bell)
		ring_late(h);
}

static void wake(struct vcpu *v, bool may_wait)
{
	struct handover *h = &here;

	bell_advance(v->bell);
	if (!may_wait || !is_trusted(h)) {
		bell_ring(v->bell);
		return;
	}
	handover_flush();
	h->bell = v->bell;
	h->told = false;
	h->since = cycles();
}

void handover_answered(struct vcpu *v, u32 turn, bool rests)
{
	if (v->slept_at) {
		v->naps = cycles_since(v->slept_at) < cycles_from_ns(NAP);
		v->slept_at = 0;
	}
	if (rests)
		wake(v, turn == TURN_DONE && watch_is_on());
}

void handover_awake(const struct vcpu *v)
{
	if (here.bell == v->bell)
		here.bell = 0;
}

void handover_check(u64 now)
{
	struct handover *h = &here;

	if (likely(!h->bell))
		return;
	if (now - h->since > cycles_from_ns(h->told ? RUNG_BY : KEPT) && now > h->since)
		ring_late(h);
}
