/*
 * Wait queues: who wants to hear that something changed.
 *
 * A sleeper adds an entry, looks at its condition, and parks; a waker changes
 * the condition under its lock, unlocks, and calls waitq_wake().  poll, epoll
 * and inotify add entries with a function of their own instead of a parker.
 *
 * Locks: the queue's spinlock, innermost of all.
 */
#pragma once
#include "lib/base.h"
#include "lib/list.h"
#include "lib/mutex.h"
#include "lib/park.h"

struct waitq_entry;

/*
 * Called by waitq_wake() under the queue's spinlock: may not sleep, may not
 * take a mutex, may unpark() and take other spinlocks of its own.
 * Return true when the entry counts as an exclusive waiter that was woken.
 */
typedef bool (*waitq_fn)(struct waitq_entry *e, poll_t events);

struct waitq {
	struct spinlock lock;     /* guards entries */
	struct list_head entries; /* exclusive ones at the end */
	u32 nr;                   /* atomic, changed under lock: entries */
};

struct waitq_entry {
	struct list_head node;
	struct waitq *wq; /* the queue it is on; guarded by its lock */
	struct parker *parker;
	waitq_fn fn;
	poll_t events; /* woken only for these; 0: for any */
	bool exclusive;
};

void waitq_init(struct waitq *wq);

/* waitq_entry_init - an entry that unparks the caller */
void waitq_entry_init(struct waitq_entry *e, poll_t events);

/* waitq_entry_init_fn - an entry that calls @fn; the owner embeds it */
void waitq_entry_init_fn(struct waitq_entry *e, poll_t events, waitq_fn fn);

/* waitq_add - @e hears of what comes from now on; exclusive ones are woken one at a time */
void waitq_add(struct waitq *wq, struct waitq_entry *e);
void waitq_add_exclusive(struct waitq *wq, struct waitq_entry *e);

/* waitq_remove - after it returns, @e's function is not running and will not run */
void waitq_remove(struct waitq *wq, struct waitq_entry *e);

/*
 * waitq_active - is anybody on the queue
 *
 * Who waits adds an entry and then looks at the condition; a waker changes that
 * and then asks here.  The fence on each side (waitq_add has one too) keeps the
 * order, so one of the two sees the other.
 */
static inline bool waitq_active(const struct waitq *wq)
{
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	return __atomic_load_n(&wq->nr, __ATOMIC_RELAXED);
}

/* What the two below do when somebody is there. */
void waitq_tell(struct waitq *wq, poll_t events, bool all);

/* waitq_wake - tell everybody who waits for one of @events, and one exclusive waiter */
static inline void waitq_wake(struct waitq *wq, poll_t events)
{
	if (waitq_active(wq))
		waitq_tell(wq, events, false);
}

static inline void waitq_wake_all(struct waitq *wq)
{
	if (waitq_active(wq))
		waitq_tell(wq, 0, true);
}

/*
 * waitq_wait_locked - drop @mu, sleep until woken for @events, retake @mu
 *
 * One sleep: the caller loops over its condition, which @mu guards.
 *
 * Locks: @mu is held, and no other lock unless lockrank.h allows it to be held
 * across a sleep.  May sleep.
 * Return: 0 when woken (perhaps for nothing), -ERESTARTSYS when a signal is
 * pending, -ETIMEDOUT when @deadline (CLOCK_MONOTONIC ns) has passed.
 */
int waitq_wait_locked(struct waitq *wq, poll_t events, struct mutex *mu) must_check REQUIRES(*mu);
int waitq_wait_deadline_locked(struct waitq *wq, poll_t events, struct mutex *mu, u64 deadline)
	must_check REQUIRES(*mu);

/* As above, but signals do not end it: for short waits that must finish. */
void waitq_wait_uninterruptible_locked(struct waitq *wq, poll_t events, struct mutex *mu)
	REQUIRES(*mu);

/*
 * waitq_await - sleep until @cond holds; who makes it hold wakes @wq, or the caller
 *
 * No mutex guards @cond: it is looked at again and again, on the queue, and reads what
 * is atomic or has a lock of its own.  Signals do not end it.  May sleep.
 */
#define waitq_await(wq, cond)                  \
	do {                                   \
		struct waitq_entry await_e;    \
                                               \
		waitq_entry_init(&await_e, 0); \
		waitq_add(wq, &await_e);       \
		while (!(cond))                \
			park(PARK_FOREVER);    \
		waitq_remove(wq, &await_e);    \
	} while (0)

/*
 * waitq_await_interruptible - as above, for wake-ups by @events, until a signal is pending
 *
 * Value: 0 when @cond holds, -ERESTARTSYS when it did not the last time it was looked at.
 */
#define waitq_await_interruptible(wq, events, cond)             \
	({                                                      \
		struct waitq_entry await_e;                     \
		int await_err = 0;                              \
                                                                \
		waitq_entry_init(&await_e, events);             \
		waitq_add(wq, &await_e);                        \
		while (!(cond)) {                               \
			if (park_interrupted(await_e.parker)) { \
				await_err = -ERESTARTSYS;       \
				break;                          \
			}                                       \
			park_interruptible(PARK_FOREVER);       \
		}                                               \
		waitq_remove(wq, &await_e);                     \
		await_err;                                      \
	})
