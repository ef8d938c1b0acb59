/*
 * Long copies between a guest and the sentry, in which the guest's stub has a hand (bulk.c).
 */
#pragma once
#include "lib/base.h"

struct vcpu;

/* The window of a process; in struct aspace. */
struct bulk {
	u32 state;   /* atomic: BULK_* */
	bool busy;   /* atomic: somebody copies, or one that was given up may not have ended */
	u8 *mem;     /* immutable once BULK_READY */
	u64 moved;   /* atomic: bytes of long copies that had to do without it */
	u64 began;   /* busy: cycles */
	u32 pos;     /* busy: where in the window the next copy begins */
	u32 skip;    /* busy: copies that do without it, because earlier ones had to be given up */
	u32 penalty; /* busy: how many the next time */
};

/* In struct vcpu. */
struct bulk_user {
	bool wanted; /* its owner's: its process is to have the window */
	bool missed; /* its owner's: its last long copy found it asleep */
	bool stuck;  /* guarded by vcpu.lock: it may still be at a copy nobody waits for */
};

/* bulk_make - the stopped @v, whose process does long copies, gets the window for them */
void bulk_make(struct vcpu *v);

/* bulk_serves - has the process of the stopped @v that window?  If not, @size bytes count for it.
 */
bool bulk_serves(struct vcpu *v, size_t size) must_check;

/* bulk_release - the copy that @v was at has ended, though nobody waited for it */
void bulk_release_locked(struct vcpu *v);

/* bulk_fini - the process of @b is no more */
void bulk_fini(struct bulk *b);
