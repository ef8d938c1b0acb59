/*
 * Whose turn it is: posts of the stub in its channel, and our answers.
 *
 *	stub                             sentry
 *	args, then TURN_CALL     ----->  seen by a worker that looks: claimed
 *	spins                    <-----  result, then TURN_DONE
 *	or: |= TURN_ASLEEP,
 *	    park, notified       ----->  claimed, unless that was done
 *	    sleeps               <-----  TURN_DONE, and the notification is answered
 *	or:                      <-----  claimed, its fiber sleeps: TURN_REST
 *	    CALL | TURN_RESTS,
 *	    sleeps on its bell   <-----  TURN_DONE, bell advanced and rung (bell.c)
 *
 * Whoever answers exchanges the word.  If the stub went to sleep meanwhile and
 * its notification is not here yet, it is owed an answer.
 */
#include "platform/notify/turn.h"
#include "platform/notify/bell.h"
#include "platform/notify/notify.h"

static u32 *turn_word(struct vcpu *v)
{
	return (u32 *)(void *)(v->ch.mem + CHAN_TURN);
}

bool turn_is_posted(const struct vcpu *v)
{
	u32 turn = __atomic_load_n((const u32 *)(const void *)(v->ch.mem + CHAN_TURN),
				   __ATOMIC_RELAXED);

	turn &= ~(u32)TURN_ASLEEP;
	return turn == TURN_CALL || turn == TURN_PARK;
}

bool turn_is_answered(struct vcpu *v)
{
	u32 turn = __atomic_load_n(turn_word(v), __ATOMIC_ACQUIRE);

	return turn == v->answered;
}

static void claim_call(struct vcpu *v)
{
	struct stop *s = &v->stop;

	s->refused = v->answered == TURN_LAST && chan_read32(&v->ch, CHAN_INS) == INS_REFUSED;
	if (s->refused) {
		/* A kick will be found by who waits. */
		chan_write32(&v->ch, CHAN_KICKED, 0);
		v->redirected = false;
	}
	/* The call whose orders were run is the same as before, whatever stands there now. */
	if (v->answered != TURN_ORDER && !s->refused) {
		s->nr = (u32)chan_read64(&v->ch, CHAN_NR);
		for (unsigned i = 0; i < 6; i++)
			s->args[i] = chan_read64(&v->ch, CHAN_ARGS + i * sizeof(u64));
		s->compat = false;
	} else {
		s->done = chan_read64(&v->ch, CHAN_DONE);
		s->last = chan_read64(&v->ch, CHAN_LAST);
	}
}

static void claim_park(struct vcpu *v)
{
	struct stop *s = &v->stop;

	s->done = chan_read64(&v->ch, CHAN_DONE);
	s->last = chan_read64(&v->ch, CHAN_LAST);
	s->sp = chan_read64(&v->ch, CHAN_SP);
	/* From a handler, all signals are blocked; not when it was the stub that made the frame. */
	if (v->answered == TURN_FULL || v->redirected)
		v->unmasked = true;
	else if (!(v->answered & TURN_CMD) || v->answered & STUB_CMD_RESUME)
		v->unmasked = false;
}

bool turn_claim_locked(struct vcpu *v)
{
	u32 turn = __atomic_load_n(turn_word(v), __ATOMIC_ACQUIRE) & ~(u32)TURN_ASLEEP;

	if (v->pos != POS_RUNNING)
		return false;
	if (turn == TURN_CALL)
		claim_call(v);
	else if (turn == TURN_PARK)
		claim_park(v);
	else
		return false;
	v->stop.fast = true;
	v->stop.notified = false;
	if (unlikely(v->bulk.stuck))
		bulk_release_locked(v);
	cputime_stopped(&v->cpu);
	/* Last: its owner may look at the position without the lock, and then at the rest. */
	vcpu_set_pos_locked(v, turn == TURN_CALL ? POS_CALL : POS_STUB);
	return true;
}

static bool exchange(struct vcpu *v, u32 old, u32 turn)
{
	return __atomic_compare_exchange_n(turn_word(v), &old, turn, false, __ATOMIC_SEQ_CST,
					   __ATOMIC_RELAXED);
}

bool turn_bulk_locked(struct vcpu *v)
{
	return exchange(v, TURN_CALL, TURN_BULK);
}

void turn_put_to_sleep_locked(struct vcpu *v)
{
	/* If none holds, it is on its way to sleep already, or answered by its own forgery. */
	if (v->pos == POS_STUB) {
		(void)exchange(v, TURN_PARK, TURN_SLEEP);
	} else if (!exchange(v, TURN_CALL, TURN_SLEEP) && !exchange(v, TURN_REST, TURN_SLEEP) &&
		   exchange(v, TURN_CALL | TURN_RESTS, TURN_SLEEP)) {
		bell_advance(v->bell);
		bell_ring(v->bell);
	}
}

bool turn_put_to_rest_locked(struct vcpu *v, u32 ring)
{
	/* The number of the call stood there, and is known. */
	chan_write32(&v->ch, CHAN_RING, ring);
	return exchange(v, TURN_CALL, TURN_REST);
}

u64 turn_answer_locked(struct vcpu *v, u32 turn, bool *ret_rests)
{
	u32 old = __atomic_exchange_n(turn_word(v), turn, __ATOMIC_SEQ_CST);

	*ret_rests = old == (TURN_CALL | TURN_RESTS);
	v->answered = turn;
	if (v->stop.notified)
		return v->stop.id;
	if (old & TURN_ASLEEP)
		v->owes = true;
	return 0;
}
