/*
 * PI futexes: FUTEX_LOCK_PI, FUTEX_TRYLOCK_PI, FUTEX_UNLOCK_PI.
 *
 * The word holds the owner's thread id, FUTEX_WAITERS when the owner must ask
 * us to unlock, FUTEX_OWNER_DIED when it ended holding the lock.  Waiters stand
 * in the bucket with the owner they wait for; an unlock hands the lock to the
 * first of them, word and all, so nobody can come between.  When an owner ends,
 * the next one is told and puts the word right itself, with its own mapping of it.
 *
 * Priority of the owner is not raised: fibers of the sentry have none.  The
 * order of waiters is that of their real-time priorities, then of arrival.
 *
 * Locks: the bucket.  Owners are looked up before it is taken.
 */
#include <linux/futex.h>

#include "kernel/futex_internal.h"

/* atomic: those in line, or about to be; whoever ends looks for them only if there are any */
static s32 nr_pi_waiters;

struct futex_q *futex_pi_first_locked(struct futex_bucket *b, const struct futex_key *key)
{
	struct futex_q *q;

	list_for_each_entry (q, &b->waiters, node) {
		if (q->pi && futex_key_equal(&q->key, key))
			return q;
	}
	return NULL;
}

static int priority(struct task *t)
{
	int prio;

	spin_lock(&t->lock);
	prio = t->sched_priority;
	spin_unlock(&t->lock);
	return prio;
}

/* Who gets it next: not one that has been given it already. */
static struct futex_q *next_locked(struct futex_bucket *b, const struct futex_key *key)
{
	struct futex_q *q, *best = NULL;

	list_for_each_entry (q, &b->waiters, node) {
		if (!q->pi || q->granted || !futex_key_equal(&q->key, key))
			continue;
		if (!best || priority(q->task) > priority(best->task))
			best = q;
	}
	return best;
}

void futex_pi_set_owner_locked(struct futex_bucket *b, const struct futex_key *key,
			       struct task *owner)
{
	struct futex_q *q;

	list_for_each_entry (q, &b->waiters, node) {
		if (q->pi && futex_key_equal(&q->key, key))
			q->owner = owner;
	}
}

static bool is_dead(struct task *t)
{
	return !t || __atomic_load_n(&t->futex_dead, __ATOMIC_SEQ_CST);
}

void futex_pi_count(int by)
{
	__atomic_add_fetch(&nr_pi_waiters, by, __ATOMIC_SEQ_CST);
}

int futex_pi_find_owner(const struct futex_ref *ref, struct futex_owner *ret)
{
	u32 val;
	int err = futex_load(ref, &val);

	if (err)
		return err;
	ret->tid = val & FUTEX_TID_MASK;
	ret->task = ret->tid ? task_find_get((pid_t)ret->tid) : NULL;
	return 0;
}

/* The lock is free, by its word: write @who into it.  1, or an error. */
static int take_free(const struct futex_ref *ref, u32 val, struct task *who, bool waiters)
{
	u32 fresh = (val & FUTEX_OWNER_DIED) | (u32)task_tid(who), prev;
	int err;

	if (waiters)
		fresh |= FUTEX_WAITERS;
	err = futex_cmpxchg(ref, val, fresh, &prev);
	if (err)
		return err;
	return prev == val ? 1 : -EAGAIN;
}

/* Somebody has it: make him ask us to unlock.  0, or an error. */
static int mark_waiters(const struct futex_ref *ref, u32 val, const struct futex_owner *seen)
{
	u32 prev = val;
	int err;

	/* Unlocked or locked in user space since: another owner, or one where there was none. */
	if (seen->tid != (val & FUTEX_TID_MASK))
		return -EAGAIN;
	/* Not a thread of ours, or one that ended without telling the word. */
	if (is_dead(seen->task))
		return -ESRCH;
	if (val & FUTEX_WAITERS)
		return 0;
	err = futex_cmpxchg(ref, val, val | FUTEX_WAITERS, &prev);
	if (err)
		return err;
	return prev == val ? 0 : -EAGAIN;
}

int futex_pi_claim_locked(const struct futex_ref *ref, struct futex_bucket *b, struct task *who,
			  const struct futex_owner *seen, bool waiters)
{
	struct futex_q *known = futex_pi_first_locked(b, &ref->key);
	u32 val, tid;
	int err = futex_load(ref, &val);

	if (err)
		return err;
	tid = val & FUTEX_TID_MASK;
	if (tid == (u32)task_tid(who))
		return -EDEADLK;
	if (known) {
		if (known->owner == who)
			return -EDEADLK;
		/* One that has just been given it has still to write the word. */
		if (!known->granted && known->owner && tid != (u32)task_tid(known->owner))
			return -EINVAL;
		return 0;
	}
	return tid ? mark_waiters(ref, val, seen) : take_free(ref, val, who, waiters);
}

/* The former owner has ended: the word becomes ours, and says so. */
static int fix_word(const struct futex_ref *ref, struct task *t, bool more)
{
	u32 val, prev, fresh;
	int err = futex_load(ref, &val);

	while (!err) {
		fresh = (u32)task_tid(t) | FUTEX_OWNER_DIED | (val & FUTEX_WAITERS);
		if (more)
			fresh |= FUTEX_WAITERS;
		err = futex_cmpxchg(ref, val, fresh, &prev);
		if (!err && prev == val)
			break;
		val = prev;
	}
	return err;
}

void futex_pi_enqueue_locked(struct futex_bucket *b, struct futex_q *q, struct task *owner)
{
	q->pi = true;
	q->owner = owner;
	futex_pi_count(1);
	futex_enqueue_locked(b, q);
}

int futex_pi_leave(const struct futex_ref *ref, struct futex_q *q, int err) NO_TSA
{
	struct futex_bucket *b = futex_lock_q(q);

	list_del(&q->node);
	if (q->granted)
		err = q->owner_died ? fix_word(ref, q->task, next_locked(b, &ref->key)) : 0;
	mutex_unlock(&b->mu);
	futex_pi_count(-1);
	return err;
}

/* Take the lock (1), or stand in line for it with @q (0). */
static int lock_or_queue(struct task *t, const struct futex_ref *ref, bool try_only,
			 struct futex_q *q)
{
	struct futex_bucket *b = futex_bucket(&ref->key);
	cleanup_task struct task *owner = NULL;
	struct futex_owner seen;
	int ret = futex_pi_find_owner(ref, &seen);

	if (ret)
		return ret;
	owner = seen.task;
	/* Before the look whether the owner is dead: one of the two sees the other. */
	futex_pi_count(1);
	mutex_lock(&b->mu);
	ret = futex_pi_claim_locked(ref, b, t, &seen, false);
	if (ret == 0 && !try_only) {
		struct futex_q *known = futex_pi_first_locked(b, &ref->key);

		futex_pi_enqueue_locked(b, q, known ? known->owner : owner);
	}
	mutex_unlock(&b->mu);
	futex_pi_count(-1);
	return ret;
}

int do_futex_lock_pi(struct task *t, uaddr_t addr, bool shared, bool try_only,
		     const struct futex_timeout *to)
{
	struct futex_ref ref;
	struct futex_q q;
	int ret = futex_ref_init(&ref, t, addr, shared);

	if (ret)
		return ret;
	futex_q_init(&q, &ref.key, FUTEX_BITSET_ANY);
	q.task = t;
	do {
		if (task_interrupted() && !try_only)
			return -ERESTARTNOINTR;
		ret = lock_or_queue(t, &ref, try_only, &q);
	} while (ret == -EAGAIN);
	if (ret < 0)
		return ret;
	if (ret)
		return 0;
	if (try_only)
		return -EAGAIN;
	ret = futex_pi_leave(&ref, &q, futex_sleep(&q, 1, to));
	return ret == -ERESTARTSYS ? -ERESTARTNOINTR : ret;
}

/* Hand the lock to @q, whose word has been written. */
static void grant_locked(struct futex_bucket *b, struct futex_q *q)
{
	futex_pi_set_owner_locked(b, &q->key, q->task);
	q->granted = true;
	futex_wake_q_locked(q);
}

static int unlock_locked(const struct futex_ref *ref, struct futex_bucket *b, struct task *t)
{
	struct futex_q *next = next_locked(b, &ref->key);
	u32 val, prev, fresh = 0;
	int err = futex_load(ref, &val);

	if (err)
		return err;
	if ((val & FUTEX_TID_MASK) != (u32)task_tid(t))
		return -EPERM;
	if (next && next->owner != t)
		return -EINVAL;
	if (next)
		fresh = (u32)task_tid(next->task) | FUTEX_WAITERS;
	err = futex_cmpxchg(ref, val, fresh, &prev);
	if (err)
		return err;
	if (prev != val)
		return -EAGAIN;
	if (next)
		grant_locked(b, next);
	return 0;
}

int do_futex_unlock_pi(struct task *t, uaddr_t addr, bool shared)
{
	struct futex_bucket *b;
	struct futex_ref ref;
	int err = futex_ref_init(&ref, t, addr, shared);

	if (err)
		return err;
	b = futex_bucket(&ref.key);
	do {
		mutex_lock(&b->mu);
		err = unlock_locked(&ref, b, t);
		mutex_unlock(&b->mu);
	} while (err == -EAGAIN && !task_interrupted());
	return err == -EAGAIN ? -ERESTARTNOINTR : err;
}

/* The lock @q waits for lost its owner: the next in line is told to take it. */
static void inherit_locked(struct futex_bucket *b, const struct futex_key *key)
{
	struct futex_q *next = next_locked(b, key);

	futex_pi_set_owner_locked(b, key, next ? next->task : NULL);
	if (!next)
		return;
	next->granted = true;
	next->owner_died = true;
	/* It stays in line until the word is right, so that others find it. */
	__atomic_store_n(&next->woken, true, __ATOMIC_RELEASE);
	unpark(next->parker);
}

static struct futex_q *owned_locked(struct futex_bucket *b, const struct task *t)
{
	struct futex_q *q;

	list_for_each_entry (q, &b->waiters, node) {
		if (q->pi && q->owner == t && !q->granted)
			return q;
	}
	return NULL;
}

void futex_pi_exit(struct task *t)
{
	struct futex_bucket *b;

	__atomic_store_n(&t->futex_dead, true, __ATOMIC_SEQ_CST);
	if (!__atomic_load_n(&nr_pi_waiters, __ATOMIC_SEQ_CST))
		return;
	for (unsigned i = 0; (b = futex_bucket_nth(i)) != NULL; i++) {
		struct futex_q *q;

		mutex_lock(&b->mu);
		while ((q = owned_locked(b, t)) != NULL) {
			struct futex_key key = q->key;

			inherit_locked(b, &key);
		}
		mutex_unlock(&b->mu);
	}
}
