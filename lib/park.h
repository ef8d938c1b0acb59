/*
 * How a thread of control sleeps and is woken.
 *
 * Mutexes and wait queues know nothing of fibers: they park the caller and
 * unpark whoever waits.  A fiber of sched/ brings its own operations; any other
 * thread (unit tests, gofer, command line) gets futex-based ones by itself.
 *
 * Parking is a token: unpark() leaves one, park() takes it or sleeps until it
 * comes.  A park may therefore return early; callers loop over their condition.
 */
#pragma once
#include "lib/base.h"

#define PARK_FOREVER UINT64_MAX

struct parker;

struct park_ops {
	/* Sleep until a token is there or CLOCK_MONOTONIC passes @deadline (ns). */
	void (*park)(struct parker *p, u64 deadline);
	/* Leave a token and wake.  From any thread, under spinlocks, never sleeps. */
	void (*unpark)(struct parker *p);
};

struct parker {
	const struct park_ops *ops; /* immutable */
	u32 token;                  /* atomic */
	bool interrupted;           /* atomic: a signal is pending, see park_interrupt() */
	bool interruptible;         /* atomic, owner writes: in park_interruptible() */
	void *owner;                /* the struct task whose fiber this is, or NULL; owner only */
	bool count_slept;           /* owner only: add to slept */
	u64 slept;                  /* owner only: cycles() parked while count_slept was set */
	void (*on_sleep)(void *);   /* owner only: called once, before the next sleep */
	void *on_sleep_arg;
	void *held[16]; /* locks held, in order; owner only (lib/mutex.c) */
	u8 held_rank[16];
	u8 nr_held;
};

/* park_self - the parker of the running fiber, or else of the running thread */
struct parker *park_self(void);

/* park_set_self - sched/ says which fiber this thread now runs; NULL: none */
void park_set_self(struct parker *p);

/* park_settle - do now what was put off until the next sleep of @p, the caller's */
static inline void park_settle(struct parker *p)
{
	void (*fn)(void *) = p->on_sleep;

	if (!fn)
		return;
	p->on_sleep = NULL;
	fn(p->on_sleep_arg);
}

/* park - sleep until unparked or until @deadline (CLOCK_MONOTONIC ns, or PARK_FOREVER) */
static inline void park(u64 deadline)
{
	struct parker *p = park_self();

	p->ops->park(p, deadline);
}

static inline void unpark(struct parker *p)
{
	p->ops->unpark(p);
}

/*
 * park_interrupt - make interruptible sleeps of @p end with -ERESTARTSYS
 *
 * Signal delivery sets it when a signal becomes pending that @p's task does not
 * block, and clears it (park_clear_interrupt) when none is left: it is what
 * Linux calls TIF_SIGPENDING.
 */
void park_interrupt(struct parker *p);
void park_clear_interrupt(struct parker *p);

static inline bool park_interrupted(const struct parker *p)
{
	return __atomic_load_n(&p->interrupted, __ATOMIC_ACQUIRE);
}

/*
 * park_interruptible - as park(), but not at all while a signal is pending
 *
 * For sleeps that a signal ends; whoever asks what a task does is told so.
 */
static inline void park_interruptible(u64 deadline)
{
	struct parker *p = park_self();

	if (park_interrupted(p))
		return;
	__atomic_store_n(&p->interruptible, true, __ATOMIC_RELAXED);
	p->ops->park(p, deadline);
	__atomic_store_n(&p->interruptible, false, __ATOMIC_RELAXED);
}

/* now_ns - CLOCK_MONOTONIC in nanoseconds, from the vDSO */
u64 now_ns(void);
