/* Whose turn it is (turn.c). */
#pragma once
#include "platform/notify/notify.h"

/* turn_is_posted - there seems to be something to claim; without lock */
bool turn_is_posted(const struct vcpu *v) must_check;

/* turn_is_answered - what was told last, the stub need not have seen it */
bool turn_is_answered(struct vcpu *v) must_check;

/* turn_claim - take what @v has posted in its channel, if anything, as its stop */
bool turn_claim_locked(struct vcpu *v) REQUIRES(v->lock) must_check;

/* turn_put_to_sleep - the stopped @v shall sleep in a notification, wherever it waits now */
void turn_put_to_sleep_locked(struct vcpu *v) REQUIRES(v->lock);

/* turn_bulk - the stub of the stopped @v looks at CHAN_BULK_*; false: it does not look any more */
bool turn_bulk_locked(struct vcpu *v) REQUIRES(v->lock) must_check;

/*
 * turn_put_to_rest - the stopped @v need not spin: its answer will take time
 * @ring: a bell it shall ring before it sleeps, or 0
 *
 * Return: false: it does not spin any more, and will ring nothing.
 */
bool turn_put_to_rest_locked(struct vcpu *v, u32 ring) REQUIRES(v->lock) must_check;

/*
 * turn_answer - tell the stopped @v TURN_*
 * @ret_rests: it sleeps on its bell, which is to be advanced, and rung, by the caller
 *
 * Return: the notification to be answered as well, by the caller, or 0.
 */
u64 turn_answer_locked(struct vcpu *v, u32 turn, bool *ret_rests) REQUIRES(v->lock) must_check;
