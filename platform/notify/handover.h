/*
 * How a guest sleeps in a call, and who wakes it (handover.c).
 *
 * All of it belongs to a worker: called by its fibers, or by the worker itself.
 */
#pragma once
#include "platform/notify/notify.h"

/* handover_sleeps - the fiber that serves the fast call of @v goes to sleep */
void handover_sleeps(struct vcpu *v);

/*
 * handover_answered - @v has been told @turn
 * @rests: it sleeps on its bell, or is about to
 */
void handover_answered(struct vcpu *v, u32 turn, bool rests);

/* handover_awake - @v has posted something, so it does not sleep */
void handover_awake(const struct vcpu *v);

/* handover_check - ring what should have been rung by @now, cycles */
void handover_check(u64 now);

/* handover_flush - ring what has not been rung */
void handover_flush(void);
