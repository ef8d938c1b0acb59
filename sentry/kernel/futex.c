/*
 * Futexes: the queues, FUTEX_WAIT, FUTEX_WAKE, FUTEX_WAKE_OP.
 *
 * A wait reads the word under its bucket's lock and queues itself before it
 * lets go, and a waker takes the same lock after the word was changed: so
 * nobody sleeps past a change.
 *
 * Locks: see futex_internal.h.
 */
#include "kernel/futex.h"

#include <linux/futex.h>

#include "kernel/clock.h"
#include "kernel/futex_internal.h"
#include "kernel/task.h"
#include "mm/mm.h"
#include "mm/uaccess.h"
#include "platform/platform.h"

#define NR_BUCKETS 256u

static struct futex_bucket buckets[NR_BUCKETS];

static struct spinlock init_lock;

/* Made when it is first used: most programs use few, and all of them are three pages. */
static struct futex_bucket *bucket_at(unsigned i)
{
	struct futex_bucket *b = &buckets[i];

	if (__atomic_load_n(&b->ready, __ATOMIC_ACQUIRE))
		return b;
	spin_lock(&init_lock);
	if (!b->ready) {
		mutex_init(&b->mu, LOCK_FUTEX);
		list_init(&b->waiters);
		__atomic_store_n(&b->ready, true, __ATOMIC_RELEASE);
	}
	spin_unlock(&init_lock);
	return b;
}

bool futex_key_equal(const struct futex_key *a, const struct futex_key *b)
{
	return a->object == b->object && a->off == b->off && a->shared == b->shared;
}

struct futex_bucket *futex_bucket(const struct futex_key *key)
{
	u64 h = (key->object * 0x9e3779b97f4a7c15ull) ^ (key->off >> 2);

	h *= 0xff51afd7ed558ccdull;
	return bucket_at((h >> 40) % NR_BUCKETS);
}

struct futex_bucket *futex_bucket_nth(unsigned i)
{
	return i < NR_BUCKETS ? bucket_at(i) : NULL;
}

int futex_ref_init(struct futex_ref *ref, struct task *t, uaddr_t addr, bool shared)
{
	*ref = (struct futex_ref){.t = t, .addr = addr};
	if (!IS_ALIGNED(addr, sizeof(u32)))
		return -EINVAL;
	if (addr >= platform_info()->user_end)
		return -EFAULT;
	if (!shared) {
		/* Private by the program's word: nothing needs to be mapped there. */
		ref->key = (struct futex_key){.object = (uintptr_t)t->mm, .off = addr};
		return 0;
	}
	return mm_futex_key(t->mm, addr, &ref->key.shared, &ref->key.object, &ref->key.off);
}

int futex_load(const struct futex_ref *ref, u32 *ret)
{
	return aspace_read(ref->t->mm->aspace, ret, ref->addr, sizeof(*ret)) == sizeof(*ret)
		       ? 0
		       : -EFAULT;
}

int futex_cmpxchg(const struct futex_ref *ref, u32 old, u32 new_val, u32 *ret_prev)
{
	struct task *t = ref->t;
	int err;

	/*
	 * Killed in vfork(2), its vcpu lent: nobody is here to do it in one step.
	 * Differs: a word that another changes in this moment loses that.
	 */
	if (!t->vcpu) {
		err = futex_load(ref, ret_prev);
		if (!err && *ret_prev == old &&
		    mm_write(t->mm, ref->addr, &new_val, sizeof(new_val)) != sizeof(new_val))
			err = -EFAULT;
		return err;
	}
	err = vcpu_cmpxchg32(t->vcpu, ref->addr, old, new_val, ret_prev);
	/* A host thread that died has no memory any more. */
	return err == -ESRCH ? -EFAULT : err;
}

void futex_q_init(struct futex_q *q, const struct futex_key *key, u32 bitset)
{
	*q = (struct futex_q){.key = *key, .bitset = bitset, .parker = park_self()};
	list_init(&q->node);
}

void futex_enqueue_locked(struct futex_bucket *b, struct futex_q *q)
{
	__atomic_store_n(&q->bucket, b, __ATOMIC_RELAXED);
	list_add_tail(&q->node, &b->waiters);
}

void futex_requeue_locked(struct futex_q *q, struct futex_bucket *to, const struct futex_key *key)
{
	list_del(&q->node);
	q->key = *key;
	futex_enqueue_locked(to, q);
}

void futex_wake_q_locked(struct futex_q *q)
{
	struct parker *p = q->parker;

	list_del(&q->node);
	__atomic_store_n(&q->woken, true, __ATOMIC_RELEASE);
	unpark(p);
}

struct futex_bucket *futex_lock_q(struct futex_q *q)
{
	for (;;) {
		struct futex_bucket *b = __atomic_load_n(&q->bucket, __ATOMIC_RELAXED);

		mutex_lock(&b->mu);
		if (__atomic_load_n(&q->bucket, __ATOMIC_RELAXED) == b)
			return b;
		mutex_unlock(&b->mu);
	}
}

bool futex_unqueue(struct futex_q *q) NO_TSA
{
	struct futex_bucket *b = futex_lock_q(q);
	bool queued = !list_empty(&q->node);

	list_del(&q->node);
	mutex_unlock(&b->mu);
	return queued;
}

/* When to wake up, as things stand; true: that has passed. */
static bool timed_out(const struct futex_timeout *to, u64 *ret_deadline)
{
	*ret_deadline = PARK_FOREVER;
	if (!to->set)
		return false;
	*ret_deadline = clock_to_monotonic(to->clock, to->when);
	return *ret_deadline != PARK_FOREVER && now_ns() >= *ret_deadline;
}

int futex_sleep(const struct futex_q *qs, size_t nr, const struct futex_timeout *to)
{
	for (;;) {
		u64 deadline;

		for (size_t i = 0; i < nr; i++) {
			if (__atomic_load_n(&qs[i].woken, __ATOMIC_ACQUIRE))
				return (int)i;
		}
		if (task_interrupted())
			return -ERESTARTSYS;
		if (timed_out(to, &deadline))
			return -ETIMEDOUT;
		park_interruptible(deadline);
	}
}

int futex_wake_key_locked(struct futex_bucket *b, const struct futex_key *key, int nr, u32 bitset)
{
	struct futex_q *q, *n;
	int woken = 0;

	list_for_each_entry_safe (q, n, &b->waiters, node) {
		if (woken >= nr)
			break;
		if (!futex_key_equal(&q->key, key))
			continue;
		if (q->task)
			return -EINVAL;
		if (!(q->bitset & bitset))
			continue;
		futex_wake_q_locked(q);
		woken++;
	}
	return woken;
}

int futex_wake_key(const struct futex_key *key, int nr, u32 bitset)
{
	struct futex_bucket *b = futex_bucket(key);
	int ret;

	mutex_lock(&b->mu);
	ret = futex_wake_key_locked(b, key, nr, bitset);
	mutex_unlock(&b->mu);
	return ret;
}

int do_futex_wake(struct task *t, uaddr_t addr, bool shared, int nr, u32 bitset)
{
	struct futex_ref ref;
	int err;

	if (!bitset)
		return -EINVAL;
	err = futex_ref_init(&ref, t, addr, shared);
	if (err)
		return err;
	/* As on Linux, a number below one still wakes one. */
	return futex_wake_key(&ref.key, max(nr, 1), bitset);
}

int futex_wake(struct task *t, uaddr_t addr, int nr, bool shared)
{
	return do_futex_wake(t, addr, shared, nr, FUTEX_BITSET_ANY);
}

int futex_wait_setup(const struct futex_ref *ref, u32 val, struct futex_q *q)
{
	struct futex_bucket *b = futex_bucket(&ref->key);
	u32 now;
	int err;

	mutex_lock(&b->mu);
	err = futex_load(ref, &now);
	if (!err && now != val)
		err = -EAGAIN;
	if (!err)
		futex_enqueue_locked(b, q);
	mutex_unlock(&b->mu);
	return err;
}

int do_futex_wait(struct task *t, uaddr_t addr, bool shared, u32 val, u32 bitset,
		  const struct futex_timeout *to)
{
	struct futex_ref ref;
	struct futex_q q;
	int err;

	if (!bitset)
		return -EINVAL;
	err = futex_ref_init(&ref, t, addr, shared);
	if (err)
		return err;
	futex_q_init(&q, &ref.key, bitset);
	err = futex_wait_setup(&ref, val, &q);
	if (err)
		return err;
	err = futex_sleep(&q, 1, to);
	/* Woken after all, between giving up and leaving: a wake-up is never lost. */
	if (!futex_unqueue(&q))
		return 0;
	return err;
}

/* FUTEX_WAKE_OP's little language; -ENOSYS for a word it does not have. */
static int apply_op(u32 op, u32 old, u32 *ret)
{
	u32 arg = (u32)((s32)(op << 8) >> 20);

	if (op & (u32)FUTEX_OP_OPARG_SHIFT << 28)
		arg = 1u << (arg & 31);
	switch (op >> 28 & 7) {
	case FUTEX_OP_SET:
		*ret = arg;
		return 0;
	case FUTEX_OP_ADD:
		*ret = old + arg;
		return 0;
	case FUTEX_OP_OR:
		*ret = old | arg;
		return 0;
	case FUTEX_OP_ANDN:
		*ret = old & ~arg;
		return 0;
	case FUTEX_OP_XOR:
		*ret = old ^ arg;
		return 0;
	default:
		return -ENOSYS;
	}
}

static int compare_op(u32 op, u32 value)
{
	s32 old = (s32)value, arg = (s32)(op << 20) >> 20;

	switch (op >> 24 & 15) {
	case FUTEX_OP_CMP_EQ:
		return old == arg;
	case FUTEX_OP_CMP_NE:
		return old != arg;
	case FUTEX_OP_CMP_LT:
		return old < arg;
	case FUTEX_OP_CMP_GE:
		return old >= arg;
	case FUTEX_OP_CMP_LE:
		return old <= arg;
	case FUTEX_OP_CMP_GT:
		return old > arg;
	default:
		return -ENOSYS;
	}
}

/* Change the word as @op says; what its comparison gives. */
static int exchange_op(const struct futex_ref *ref, u32 op)
{
	u32 old, prev, fresh;
	int err = futex_load(ref, &old);

	if (err)
		return err;
	for (;;) {
		err = apply_op(op, old, &fresh);
		if (!err)
			err = futex_cmpxchg(ref, old, fresh, &prev);
		if (err)
			return err;
		if (prev == old)
			return compare_op(op, old);
		old = prev;
	}
}

int do_futex_wake_op(struct task *t, uaddr_t addr, bool shared, int nr, uaddr_t addr2, int nr2,
		     u32 op)
{
	struct futex_bucket *b1, *b2;
	struct futex_ref ref1, ref2;
	int err = futex_ref_init(&ref1, t, addr, shared), ret;

	if (!err)
		err = futex_ref_init(&ref2, t, addr2, shared);
	if (err)
		return err;
	b1 = futex_bucket(&ref1.key);
	b2 = futex_bucket(&ref2.key);
	mutex_lock_pair(&b1->mu, &b2->mu);
	ret = exchange_op(&ref2, op);
	if (ret >= 0) {
		bool second = ret;

		ret = futex_wake_key_locked(b1, &ref1.key, max(nr, 1), FUTEX_BITSET_ANY);
		if (ret >= 0 && second) {
			int more =
				futex_wake_key_locked(b2, &ref2.key, max(nr2, 1), FUTEX_BITSET_ANY);

			ret = more < 0 ? more : ret + more;
		}
	}
	mutex_unlock_pair(&b1->mu, &b2->mu);
	return ret;
}
