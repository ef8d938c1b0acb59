/*
 * FUTEX_REQUEUE, FUTEX_CMP_REQUEUE, FUTEX_CMP_REQUEUE_PI, FUTEX_WAIT_REQUEUE_PI:
 * condition variables hand their waiters to the mutex instead of waking them all.
 *
 * Locks: both buckets.
 */
#include "kernel/futex_internal.h"

static int refs_init(struct task *t, const struct futex_requeue_args *a, struct futex_ref *from,
		     struct futex_ref *to)
{
	int err;

	if (a->nr_wake < 0 || a->nr_requeue < 0)
		return -EINVAL;
	err = futex_ref_init(from, t, a->from, a->from_shared);
	return err ? err : futex_ref_init(to, t, a->to, a->to_shared);
}

static int check_value(const struct futex_ref *from, const struct futex_requeue_args *a)
{
	u32 val;
	int err;

	if (!a->compare)
		return 0;
	err = futex_load(from, &val);
	if (err)
		return err;
	return val == a->cmpval ? 0 : -EAGAIN;
}

static int requeue_locked(struct futex_bucket *b1, struct futex_bucket *b2,
			  const struct futex_ref *from, const struct futex_ref *to,
			  const struct futex_requeue_args *a)
{
	struct futex_q *q, *n;
	int done = 0;

	list_for_each_entry_safe (q, n, &b1->waiters, node) {
		if (done - a->nr_wake >= a->nr_requeue)
			break;
		if (!futex_key_equal(&q->key, &from->key))
			continue;
		/* Those who wait for a PI operation are moved by that one only. */
		if (q->task)
			return -EINVAL;
		if (done < a->nr_wake)
			futex_wake_q_locked(q);
		else
			futex_requeue_locked(q, b2, &to->key);
		done++;
	}
	return done;
}

int do_futex_requeue(struct task *t, const struct futex_requeue_args *a)
{
	struct futex_bucket *b1, *b2;
	struct futex_ref from, to;
	int ret = refs_init(t, a, &from, &to);

	if (ret)
		return ret;
	b1 = futex_bucket(&from.key);
	b2 = futex_bucket(&to.key);
	mutex_lock_pair(&b1->mu, &b2->mu);
	ret = check_value(&from, a);
	/* Moved to where they are, they would be met again and again. */
	if (!ret && futex_key_equal(&from.key, &to.key))
		ret = futex_wake_key_locked(b1, &from.key, a->nr_wake, FUTEX_BITSET_ANY);
	else if (!ret)
		ret = requeue_locked(b1, b2, &from, &to, a);
	mutex_unlock_pair(&b1->mu, &b2->mu);
	return ret;
}

static struct futex_q *first_waiter(struct futex_bucket *b, const struct futex_key *key)
{
	struct futex_q *q;

	list_for_each_entry (q, &b->waiters, node) {
		if (futex_key_equal(&q->key, key))
			return q;
	}
	return NULL;
}

static void make_pi_waiter(struct futex_q *q, struct futex_bucket *to, const struct futex_key *key,
			   struct task *owner)
{
	list_del(&q->node);
	q->requeue_pi = false;
	q->key = *key;
	futex_pi_enqueue_locked(to, q, owner);
}

/* All waiters were checked by the first; the rest must mean the same mutex. */
static int requeue_pi_locked(struct futex_bucket *b1, struct futex_bucket *b2,
			     const struct futex_ref *from, const struct futex_ref *to,
			     const struct futex_requeue_args *a, const struct futex_owner *seen)
{
	struct futex_q *top = first_waiter(b1, &from->key), *q, *n;
	struct task *owner = seen->task;
	int ret, done = 0;

	if (!top)
		return 0;
	if (!top->requeue_pi || !futex_key_equal(&top->requeue_to, &to->key))
		return -EINVAL;
	ret = futex_pi_claim_locked(to, b2, top->task, seen, a->nr_requeue > 0);
	if (ret < 0)
		return ret;
	if (ret) {
		owner = top->task;
		top->granted = true;
		top->requeue_pi = false;
		futex_wake_q_locked(top);
		done++;
	} else {
		struct futex_q *known = futex_pi_first_locked(b2, &to->key);

		if (known)
			owner = known->owner;
	}
	list_for_each_entry_safe (q, n, &b1->waiters, node) {
		if (done - a->nr_wake >= a->nr_requeue)
			break;
		if (!futex_key_equal(&q->key, &from->key))
			continue;
		if (!q->requeue_pi || !futex_key_equal(&q->requeue_to, &to->key))
			return done ? done : -EINVAL;
		make_pi_waiter(q, b2, &to->key, owner);
		done++;
	}
	return done;
}

int do_futex_requeue_pi(struct task *t, const struct futex_requeue_args *a)
{
	struct futex_bucket *b1, *b2;
	struct futex_ref from, to;
	int ret;

	if (a->nr_wake != 1)
		return -EINVAL;
	ret = refs_init(t, a, &from, &to);
	if (ret)
		return ret;
	if (futex_key_equal(&from.key, &to.key))
		return -EINVAL;
	b1 = futex_bucket(&from.key);
	b2 = futex_bucket(&to.key);
	do {
		cleanup_task struct task *owner = NULL;
		struct futex_owner seen;

		ret = futex_pi_find_owner(&to, &seen);
		if (ret)
			return ret;
		owner = seen.task;
		mutex_lock_pair(&b1->mu, &b2->mu);
		ret = check_value(&from, a);
		if (ret == -EAGAIN) {
			mutex_unlock_pair(&b1->mu, &b2->mu);
			return ret;
		}
		if (!ret) {
			futex_pi_count(1);
			ret = requeue_pi_locked(b1, b2, &from, &to, a, &seen);
			futex_pi_count(-1);
		}
		mutex_unlock_pair(&b1->mu, &b2->mu);
	} while (ret == -EAGAIN && !task_interrupted());
	return ret == -EAGAIN ? -ERESTARTNOINTR : ret;
}

/* Before it was moved, a signal starts it over; after that user space has to decide. */
static int wait_for_requeue(const struct futex_ref *to, struct futex_q *q,
			    const struct futex_timeout *timeout) NO_TSA
{
	int err = futex_sleep(q, 1, timeout);
	struct futex_bucket *b = futex_lock_q(q);
	bool moved = q->pi, granted = q->granted;

	if (!moved)
		list_del(&q->node);
	mutex_unlock(&b->mu);
	if (moved) {
		err = futex_pi_leave(to, q, err);
		return err == -ERESTARTSYS ? -EAGAIN : err;
	}
	if (granted)
		return 0;
	return err == -ERESTARTSYS ? -ERESTARTNOINTR : err;
}

int do_futex_wait_requeue_pi(struct task *t, uaddr_t addr, bool shared, u32 val, u32 bitset,
			     const struct futex_timeout *to, uaddr_t addr2)
{
	struct futex_ref ref1, ref2;
	struct futex_q q;
	int err;

	if (!bitset || addr == addr2)
		return -EINVAL;
	err = futex_ref_init(&ref2, t, addr2, shared);
	if (!err)
		err = futex_ref_init(&ref1, t, addr, shared);
	if (err)
		return err;
	if (futex_key_equal(&ref1.key, &ref2.key))
		return -EINVAL;
	futex_q_init(&q, &ref1.key, bitset);
	q.task = t;
	q.requeue_pi = true;
	q.requeue_to = ref2.key;
	err = futex_wait_setup(&ref1, val, &q);
	return err ? err : wait_for_requeue(&ref2, &q, to);
}
