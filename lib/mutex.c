/*
 * Mutexes with an order (mutex.h).
 *
 * The owner word is taken with one compare-and-swap.  A loser queues itself
 * under the inner spinlock, and the holder hands the mutex over to the first in
 * the queue, so nobody starves.
 */
#include "lib/mutex.h"

#include <sched.h>

#include "lib/park.h"

struct mutex_waiter {
	struct list_head node;
	struct parker *parker;
	bool granted; /* atomic */
};

static const char *const rank_name[] = {
#define X(rank, what) #rank,
	LOCK_RANKS(X)
#undef X
};

void spin_lock_slow(struct spinlock *l)
{
	unsigned spins = 0;

	do {
		while (__atomic_load_n(&l->v, __ATOMIC_RELAXED)) {
			if (++spins % 64 == 0)
				sched_yield();
			else
				__builtin_ia32_pause();
		}
	} while (__atomic_exchange_n(&l->v, 1, __ATOMIC_ACQUIRE));
}

static void held_push(struct parker *p, struct mutex *m, bool nested)
{
	if (p->nr_held) {
		u8 top = p->held_rank[p->nr_held - 1];

		if (unlikely(m->rank < top || (m->rank == top && !nested)))
			panic("lock order: taking %s while holding %s", rank_name[m->rank],
			      rank_name[top]);
	}
	if (unlikely(p->nr_held == ARRAY_SIZE(p->held)))
		panic("more than %zu locks held", ARRAY_SIZE(p->held));
	p->held[p->nr_held] = m;
	p->held_rank[p->nr_held++] = m->rank;
}

static void held_pop(struct parker *p, struct mutex *m)
{
	int i = p->nr_held;

	while (--i >= 0 && p->held[i] != m)
		;
	if (unlikely(i < 0))
		panic("%s released by one who does not hold it", rank_name[m->rank]);
	for (; i < p->nr_held - 1; i++) {
		p->held[i] = p->held[i + 1];
		p->held_rank[i] = p->held_rank[i + 1];
	}
	p->nr_held--;
}

void mutex_init(struct mutex *m, enum lock_rank rank)
{
	m->owner = NULL;
	m->rank = (u8)rank;
	spin_init(&m->lock);
	list_init(&m->waiters);
}

static bool try_own(struct mutex *m, struct parker *p)
{
	struct parker *none = NULL;

	return __atomic_compare_exchange_n(&m->owner, &none, p, false, __ATOMIC_ACQUIRE,
					   __ATOMIC_RELAXED);
}

static void lock_slow(struct mutex *m, struct parker *p)
{
	struct mutex_waiter w = {.parker = p};
	bool owned;

	spin_lock(&m->lock);
	owned = try_own(m, p);
	if (!owned)
		list_add_tail(&w.node, &m->waiters);
	spin_unlock(&m->lock);
	if (owned)
		return;
	while (!__atomic_load_n(&w.granted, __ATOMIC_ACQUIRE))
		p->ops->park(p, PARK_FOREVER);
	/* A token meant for the sleep around us must not be lost with ours. */
	p->ops->unpark(p);
}

static void lock_any(struct mutex *m, bool nested)
{
	struct parker *p = park_self();

	held_push(p, m, nested);
	if (unlikely(!try_own(m, p)))
		lock_slow(m, p);
}

void mutex_lock(struct mutex *m) NO_TSA
{
	lock_any(m, false);
}

void mutex_lock_nested(struct mutex *m) NO_TSA
{
	lock_any(m, true);
}

bool mutex_trylock(struct mutex *m) NO_TSA
{
	struct parker *p = park_self();

	if (!try_own(m, p))
		return false;
	/* A try cannot deadlock, so the order is not asked of it. */
	held_push(p, m, true);
	return true;
}

void mutex_unlock(struct mutex *m) NO_TSA
{
	struct parker *p = park_self();
	struct mutex_waiter *w = NULL;
	struct parker *next = NULL;

	held_pop(p, m);
	spin_lock(&m->lock);
	if (!list_empty(&m->waiters)) {
		w = list_first_entry(&m->waiters, struct mutex_waiter, node);
		list_del(&w->node);
		next = w->parker;
	}
	__atomic_store_n(&m->owner, next, __ATOMIC_RELEASE);
	spin_unlock(&m->lock);
	if (next) {
		/* After this store @w may be gone; its parker outlives it. */
		__atomic_store_n(&w->granted, true, __ATOMIC_RELEASE);
		unpark(next);
	}
}

void mutex_lock_pair(struct mutex *a, struct mutex *b) NO_TSA
{
	if (a > b) {
		struct mutex *t = a;

		a = b;
		b = t;
	}
	mutex_lock(a);
	if (a != b)
		mutex_lock_nested(b);
}

void mutex_unlock_pair(struct mutex *a, struct mutex *b) NO_TSA
{
	if (a != b)
		mutex_unlock(b);
	mutex_unlock(a);
}

bool mutex_is_mine(const struct mutex *m)
{
	return __atomic_load_n(&m->owner, __ATOMIC_RELAXED) == park_self();
}
