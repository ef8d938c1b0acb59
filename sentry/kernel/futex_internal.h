/*
 * The queues behind futexes, shared by the futex files.
 *
 * Waiters hang on hash buckets by the key of their futex.  A waiter's entry
 * (struct futex_q) stands on its own stack; it leaves only after it has taken
 * its bucket's lock once more, so whoever holds that may use the entry.
 *
 * Locks: bucket->mu (LOCK_FUTEX); two of them through mutex_lock_pair().  Guest
 * words are read and exchanged under it, by calls of the platform that never
 * come back here.
 */
#pragma once
#include "kernel/futex.h"
#include "kernel/task.h"
#include "lib/list.h"
#include "lib/mutex.h"

/* What two addresses must share to be the same futex. */
struct futex_key {
	u64 object, off;
	bool shared;
};

struct futex_bucket {
	struct mutex mu; /* LOCK_FUTEX */
	struct list_head waiters;
	bool ready; /* atomic: somebody has used it */
};

struct futex_q {
	struct list_head node;       /* bucket->mu */
	struct futex_bucket *bucket; /* changes under both buckets' locks; read atomically */
	struct futex_key key;        /* bucket->mu */
	u32 bitset;                  /* immutable */
	struct parker *parker;       /* immutable */
	bool woken;                  /* atomic: it may go on; set under bucket->mu */

	/* PI; bucket->mu */
	struct task *task; /* immutable: who waits; NULL for plain waiters */
	bool pi;           /* waits for the lock itself */
	bool granted;      /* has the lock; owner_died: but has to fix the word */
	bool owner_died;
	struct task *owner; /* weak: futex_exit() of the owner takes it away */
	bool requeue_pi;    /* FUTEX_WAIT_REQUEUE_PI: may be moved to... */
	struct futex_key requeue_to;
};

/* A futex of a task: where its word is, and its key. */
struct futex_ref {
	struct task *t;
	uaddr_t addr;
	struct futex_key key;
};

#define FUTEX_BITSET_ANY UINT32_MAX

/* futex_ref_init - -EINVAL (not a multiple of 4), -EFAULT */
int futex_ref_init(struct futex_ref *ref, struct task *t, uaddr_t addr, bool shared) must_check;

/* futex_load - the word; -EFAULT */
int futex_load(const struct futex_ref *ref, u32 *ret) must_check;

/* futex_cmpxchg - exchange if it is @old; -EFAULT, or 0 with what was there */
int futex_cmpxchg(const struct futex_ref *ref, u32 old, u32 new_val, u32 *ret_prev) must_check;

bool futex_key_equal(const struct futex_key *a, const struct futex_key *b);
struct futex_bucket *futex_bucket(const struct futex_key *key);

/* futex_bucket_nth - all of them, one by one; NULL at the end */
struct futex_bucket *futex_bucket_nth(unsigned i);

/* futex_q_init - an entry of the caller's */
void futex_q_init(struct futex_q *q, const struct futex_key *key, u32 bitset);
void futex_enqueue_locked(struct futex_bucket *b, struct futex_q *q);

/* futex_requeue_locked - move @q to another futex; both buckets are locked */
void futex_requeue_locked(struct futex_q *q, struct futex_bucket *to, const struct futex_key *key);

/* futex_wake_q_locked - take it off and let it go on; it may be gone once the lock is dropped */
void futex_wake_q_locked(struct futex_q *q);

/*
 * futex_unqueue - leave the queue, if still on one
 *
 * Return: true: nobody had woken it.
 */
bool futex_unqueue(struct futex_q *q);

/* futex_lock_q - lock the bucket @q is on now */
struct futex_bucket *futex_lock_q(struct futex_q *q) NO_TSA;

/*
 * futex_sleep - until one of @qs is woken
 *
 * Return: its index; -ERESTARTSYS, -ETIMEDOUT: none seemed to be.
 */
int futex_sleep(const struct futex_q *qs, size_t nr, const struct futex_timeout *to) must_check;

/* futex_wait_setup - queue @q if the word is @val; -EAGAIN when it is not, -EFAULT */
int futex_wait_setup(const struct futex_ref *ref, u32 val, struct futex_q *q) must_check;

/* futex_wake_key - wake up to @nr plain waiters; how many, -EINVAL for a PI one */
int futex_wake_key(const struct futex_key *key, int nr, u32 bitset);
int futex_wake_key_locked(struct futex_bucket *b, const struct futex_key *key, int nr, u32 bitset);

/* futex_pi.c */

/* futex_pi_first_locked - any waiter for the lock @key: it knows the owner; NULL */
struct futex_q *futex_pi_first_locked(struct futex_bucket *b, const struct futex_key *key);

/* futex_pi_set_owner_locked - tell every waiter for @key who has it now */
void futex_pi_set_owner_locked(struct futex_bucket *b, const struct futex_key *key,
			       struct task *owner);

/* Whom a PI futex's word named when it was read, before any lock was taken. */
struct futex_owner {
	u32 tid;           /* 0: nobody */
	struct task *task; /* counted; NULL: nobody, or no thread that is alive */
};

/*
 * futex_pi_claim_locked - try to give the lock at @ref to @who
 * @seen: the owner by futex_pi_find_owner()
 * @waiters: set FUTEX_WAITERS even if it is had
 *
 * Return: 1: it is @who's now; 0: it is @seen's, and FUTEX_WAITERS is set;
 * -EDEADLK, -ESRCH, -EINVAL, -EFAULT; -EAGAIN: look the owner up again.
 */
int futex_pi_claim_locked(const struct futex_ref *ref, struct futex_bucket *b, struct task *who,
			  const struct futex_owner *seen, bool waiters) must_check;

/* futex_pi_find_owner - read the word at @ref and look its thread up; the caller puts ret->task */
int futex_pi_find_owner(const struct futex_ref *ref, struct futex_owner *ret) must_check;

/*
 * futex_pi_count - somebody (1) is about to stand in line, or no longer (-1)
 *
 * Around futex_pi_claim_locked() and what enqueues by its answer, so that an
 * owner that ends meanwhile looks for waiters.
 */
void futex_pi_count(int by);

/* futex_pi_enqueue_locked - let @q stand in line for the lock that @owner has */
void futex_pi_enqueue_locked(struct futex_bucket *b, struct futex_q *q, struct task *owner);

/*
 * futex_pi_leave - out of the line, with the lock or without
 * @err: how the sleep ended
 *
 * Return: 0: the lock is ours, and the word says so; else @err, or -EFAULT.
 */
int futex_pi_leave(const struct futex_ref *ref, struct futex_q *q, int err) must_check;

/* futex_pi_exit - @t ends: the next in line gets what it holds */
void futex_pi_exit(struct task *t);
