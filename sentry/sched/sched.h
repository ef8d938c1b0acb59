/*
 * Fibers and the workers that run them; knows nothing of Linux.
 *
 * A fiber is a kernel stack: straight-line code that may sleep anywhere.  It
 * begins on the worker it was made on, and stays there unless it is mobile and
 * that worker has more to do than it can (balance.c).  Sleeping is parking
 * (lib/park.h); a worker with nothing to run sleeps in one epoll_wait over the
 * poll sources, with the next timer as its limit.
 *
 * Locks: each worker's run queue and timers have a spinlock of their own.
 */
#pragma once
#include "lib/base.h"
#include "lib/list.h"
#include "lib/park.h"

struct fiber;

/*
 * fiber_create - make a fiber that runs @fn(@arg), and let it run
 * @name: for `bailey debug --stacks`; copied, cut at 15 bytes
 *
 * Frees itself when @fn returns.  Return: 0 or -ENOMEM.
 */
int fiber_create(const char *name, void (*fn)(void *arg), void *arg, struct fiber **ret) must_check;

/* fiber_create_mobile - as above; it may go on at another worker each time it has slept */
int fiber_create_mobile(const char *name, void (*fn)(void *arg), void *arg, struct fiber **ret)
	must_check;

/* fiber_parker - to unpark or interrupt it; valid until its function returns */
struct parker *fiber_parker(struct fiber *f);

/* fiber_is_parked - it sleeps and nobody has woken it; valid as long as its parker */
bool fiber_is_parked(const struct fiber *f);

/* fiber_self - the running fiber; NULL on a plain thread */
struct fiber *fiber_self(void);

/* fiber_yield - let the others on this worker run first; nothing on a plain thread */
void fiber_yield(void);

/* fiber_sleep - until @deadline (CLOCK_MONOTONIC ns); 0 or -ERESTARTSYS when interrupted */
int fiber_sleep(u64 deadline) must_check;

/*
 * A timer calls its function once, on a worker, outside any fiber: it may take
 * spinlocks, unpark, and wake wait queues, and must not sleep or take a mutex.
 * (What needs a mutex hands over to a fiber.)
 */
struct timer {
	u64 expires;                 /* CLOCK_MONOTONIC ns; guarded by the worker's timer lock */
	void (*fn)(struct timer *t); /* immutable */
	struct worker *worker;       /* that it is armed on; NULL: not armed; atomic */
	struct timer *child, *next, *prev; /* pairing heap (timer.c); the timer lock */
};

void timer_init(struct timer *t, void (*fn)(struct timer *t));

/* timer_set - arm, or move if armed; from any thread, never sleeps */
void timer_set(struct timer *t, u64 expires);

/* timer_cancel - after it returns the function is not running and will not run; true: it was armed
 */
bool timer_cancel(struct timer *t);

/*
 * A poll source: a host descriptor that a worker watches.
 *
 * @fn runs on the worker, outside any fiber, with the rules of timers.  Sources
 * are edge-triggered (EPOLLET) unless @level.
 */
struct poll_source {
	hostfd_t fd; /* the owner's */
	void (*fn)(struct poll_source *s, poll_t ready);
	bool level;
	struct worker *worker; /* set by poll_source_add() */
	u32 slot;              /* source.c */
};

/*
 * poll_source_add - watch @s->fd for @events on the caller's worker (the first one from outside)
 *
 * This and the two below: not from a source's function.  Return: 0 or -errno.
 */
int poll_source_add(struct poll_source *s, poll_t events) must_check;
int poll_source_mod(struct poll_source *s, poll_t events) must_check;

/* poll_source_del - after it returns the function is not running and will not run */
void poll_source_del(struct poll_source *s);

/* What a spinner says of its worker. */
enum spin {
	SPIN_NONE,  /* nothing to wait for: it may sleep */
	SPIN_FOUND, /* something has become runnable */
	SPIN_AGAIN, /* not yet: look at descriptors and timers, then ask again */
};

/*
 * sched_set_spinner - @fn is asked, outside any fiber, before a worker sleeps
 *
 * It may wait for something that no descriptor announces, for sched_slice() at a
 * time.  Once, before sched_run().
 */
void sched_set_spinner(enum spin (*fn)(void));

/* sched_due - has the caller's worker not looked at descriptors and timers for a slice */
bool sched_due(void);

/* sched_slice - how long the caller's worker need not look at descriptors, cycles */
u64 sched_slice(void);

/* sched_leave_core - the calling worker moves to another core, if it may run on several */
void sched_leave_core(void);

/* sched_return_core - back to the core that sched_leave_core() left */
void sched_return_core(void);

/* sched_waited - that long, in cycles, the caller has waited for a process that has little to do */
void sched_waited(u64 taken);

/* sched_home - the core where the caller's worker and its guests live, below CPU_SETSIZE; -1: no
 * single one */
int sched_home(void) must_check;

/* sched_pending - other fibers of the caller's worker want to run */
bool sched_pending(void);

/*
 * sched_init - make the first worker; sources and fibers may be added from then on
 * @nr_workers: 0: one, and more when that is crowded, as the cores allow; else
 *              that many from the start, and fibers change between them all the
 *              time: for tests
 *
 * The first worker belongs to the calling thread, which goes on to sched_run().
 * Return: 0 or -errno.
 */
int sched_init(unsigned nr_workers) must_check;

/*
 * sched_limit_workers - no more than @max (at least 1), whatever sched_init() was told
 *
 * Before sched_run(): for a platform whose host calls belong to one thread.
 */
void sched_limit_workers(unsigned max);

/*
 * sched_run - run fibers until sched_stop() was called
 *
 * The calling thread is the first worker; the others get threads of their own,
 * joined before it returns.  Fibers that still sleep then stay as they are.
 */
int sched_run(void) must_check;
void sched_stop(void);

/* sched_fini - free everything; no fiber may be alive that owns anything */
void sched_fini(void);

/* sched_dump_stacks - every fiber's name and stack trace, to @fd */
void sched_dump_stacks(int fd);
