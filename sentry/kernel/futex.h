/*
 * Futexes: sleeping until a word of guest memory changes, and waking those who
 * do (futex.c), the requeueing operations (futex_requeue.c), futexes that know
 * their owner (futex_pi.c), many at once (futex_waitv.c), and what the end of a
 * thread means for those it holds (futex_exit.c).
 */
#pragma once
#include <time.h>

#include "lib/base.h"

struct task;

/* futex_wake - wake up to @nr waiters of the futex at @addr in @t's memory; how many, or -EFAULT */
int futex_wake(struct task *t, uaddr_t addr, int nr, bool shared);

/*
 * futex_exit - @t exits or executes: what it still holds passes on
 *
 * Walks the robust list (t->robust_list), marks each futex FUTEX_OWNER_DIED and
 * wakes a waiter, and hands its PI futexes on; the list is forgotten.  t->mm is
 * still the old one.  May sleep.
 */
void futex_exit(struct task *t);

/* Until when; an absolute time of its clock. */
struct futex_timeout {
	bool set; /* false: for ever */
	clockid_t clock;
	u64 when;
};

/*
 * The operations of futex(2); @shared is false for FUTEX_PRIVATE_FLAG.
 *
 * Return: as futex(2) tells of each; -ERESTARTSYS when a signal ends
 * do_futex_wait(), -ERESTARTNOINTR for the PI ones.
 */
int do_futex_wait(struct task *t, uaddr_t addr, bool shared, u32 val, u32 bitset,
		  const struct futex_timeout *to) must_check;
int do_futex_wake(struct task *t, uaddr_t addr, bool shared, int nr, u32 bitset) must_check;
int do_futex_wake_op(struct task *t, uaddr_t addr, bool shared, int nr, uaddr_t addr2, int nr2,
		     u32 op) must_check;

/* What a requeue moves, from where, to where. */
struct futex_requeue_args {
	uaddr_t from, to;
	bool from_shared, to_shared;
	int nr_wake, nr_requeue;
	bool compare; /* -EAGAIN unless *from is cmpval */
	u32 cmpval;
};

/* do_futex_requeue, do_futex_requeue_pi - wake some, move the rest; how many altogether */
int do_futex_requeue(struct task *t, const struct futex_requeue_args *a) must_check;
int do_futex_requeue_pi(struct task *t, const struct futex_requeue_args *a) must_check;

/* do_futex_wait_requeue_pi - as do_futex_wait(), to be moved to the lock at @addr2; 0: it is had */
int do_futex_wait_requeue_pi(struct task *t, uaddr_t addr, bool shared, u32 val, u32 bitset,
			     const struct futex_timeout *to, uaddr_t addr2) must_check;

/* do_futex_lock_pi - @try_only: -EAGAIN instead of a sleep */
int do_futex_lock_pi(struct task *t, uaddr_t addr, bool shared, bool try_only,
		     const struct futex_timeout *to) must_check;

/* do_futex_unlock_pi - to the next in line; -EPERM: not the owner */
int do_futex_unlock_pi(struct task *t, uaddr_t addr, bool shared) must_check;

/* One of futex_waitv(2). */
struct futex_wait_one {
	uaddr_t addr;
	u32 val;
	bool shared;
};

#define FUTEX_WAITV_NR_MAX 128

/* do_futex_waitv - the index of the one that was woken, -EAGAIN, -ETIMEDOUT, -ERESTARTSYS... */
int do_futex_waitv(struct task *t, const struct futex_wait_one *w, size_t nr,
		   const struct futex_timeout *to) must_check;
