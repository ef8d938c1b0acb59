/*
 * Work handed to a fiber by those who may not sleep: timers, poll sources,
 * wait queue functions.
 *
 * One fiber, made at the first work_start(), runs what was queued, in order.
 * A piece of work may take mutexes, but should not sleep for long.
 */
#pragma once
#include "lib/base.h"
#include "lib/list.h"
#include "sched/sched.h"

struct work {
	struct list_head node;      /* work.c's lock; empty: not queued */
	void (*fn)(struct work *w); /* immutable; may free the work */
};

/* work_start - make the fiber, once; called by whoever will queue.  0, -ENOMEM. */
int work_start(void) must_check;

/* work_stop - end the fiber, when it has done what is queued.  May sleep. */
void work_stop(void);

void work_init(struct work *w, void (*fn)(struct work *w));

/* work_queue - run it soon; nothing if it is queued already.  From anywhere, never sleeps. */
void work_queue(struct work *w);

/*
 * work_cancel - after it returns the function is not running and will not run
 *
 * Locks: none that the function takes; not from the function itself.  May sleep.
 */
void work_cancel(struct work *w);

/* A timer whose function runs as work. */
struct work_timer {
	struct timer timer;
	struct work work;
};

void work_timer_init(struct work_timer *wt, void (*fn)(struct work *w));

static inline void work_timer_set(struct work_timer *wt, u64 expires)
{
	timer_set(&wt->timer, expires);
}

/*
 * work_timer_stop - disarm; a run that has been queued still happens, and has to
 * look whether it is still wanted.  Never sleeps.
 */
static inline void work_timer_stop(struct work_timer *wt)
{
	(void)timer_cancel(&wt->timer);
}

/* work_timer_cancel - as timer_cancel() and work_cancel(); may sleep */
void work_timer_cancel(struct work_timer *wt);

static inline struct work_timer *work_to_timer(struct work *w)
{
	return container_of(w, struct work_timer, work);
}
