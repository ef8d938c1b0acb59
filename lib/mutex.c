/*
 * Mutexes with an order (mutex.h).
 *
 * The owner word is taken and given back with one compare-and-swap each.  A
 * loser queues itself under the inner spinlock and sets WAITERS in the word, so
 * that the holder's swap fails; he hands the mutex over to the first in the
 * queue, and nobody starves.  WAITERS is set as long as somebody is queued, and
 * while it is, the word changes under the spinlock only.
 */
#include "lib/mutex.h"

#include <sched.h>

#include "lib/park.h"

#define SPINS_MAX 64 /* a few microseconds at most */

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

static unsigned spins_max; /* atomic: 0 while one thread runs everybody */

void mutex_spin(void)
{
	__atomic_store_n(&spins_max, SPINS_MAX, __ATOMIC_RELAXED);
}

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

#define WAITERS ((uintptr_t)1)

noreturn_fn static __attribute__((noinline)) void bad_order(const struct parker *p,
							    const struct mutex *m)
{
	if (p->nr_held == ARRAY_SIZE(p->held))
		panic("more than %zu locks held", ARRAY_SIZE(p->held));
	panic("lock order: taking %s while holding %s", rank_name[m->rank],
	      rank_name[p->held_rank[p->nr_held - 1]]);
}

static inline void held_push(struct parker *p, struct mutex *m, bool nested)
{
	u8 nr = p->nr_held;

	if (nr && unlikely(nr == ARRAY_SIZE(p->held) || m->rank < p->held_rank[nr - 1] ||
			   (m->rank == p->held_rank[nr - 1] && !nested)))
		bad_order(p, m);
	p->held[nr] = m;
	p->held_rank[nr] = m->rank;
	p->nr_held = nr + 1;
}

static __attribute__((noinline)) void held_pop_inner(struct parker *p, struct mutex *m)
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

static inline void held_pop(struct parker *p, struct mutex *m)
{
	u8 nr = p->nr_held;

	if (likely(nr && p->held[nr - 1] == m))
		p->nr_held = nr - 1;
	else
		held_pop_inner(p, m);
}

void mutex_init(struct mutex *m, enum lock_rank rank)
{
	m->owner = 0;
	m->rank = (u8)rank;
	spin_init(&m->lock);
	list_init(&m->waiters);
}

static inline bool try_own(struct mutex *m, struct parker *p)
{
	uintptr_t none = 0;

	return __atomic_compare_exchange_n(&m->owner, &none, (uintptr_t)p, false, __ATOMIC_ACQUIRE,
					   __ATOMIC_RELAXED);
}

/* Own it, or have the owner know that somebody waits; m->lock is held. */
static bool own_or_mark(struct mutex *m, struct parker *p)
{
	uintptr_t owner = __atomic_load_n(&m->owner, __ATOMIC_RELAXED), want;

	do {
		want = owner ? owner | WAITERS : (uintptr_t)p;
	} while (!__atomic_compare_exchange_n(&m->owner, &owner, want, false, __ATOMIC_ACQUIRE,
					      __ATOMIC_RELAXED));
	return !owner;
}

/* The owner is soon done, if it runs: on another core, that is, and nobody waits before us. */
static bool spin_for_it(struct mutex *m, struct parker *p)
{
	for (unsigned i = __atomic_load_n(&spins_max, __ATOMIC_RELAXED); i; i--) {
		uintptr_t owner = __atomic_load_n(&m->owner, __ATOMIC_RELAXED);

		if (owner & WAITERS)
			return false;
		if (!owner && try_own(m, p))
			return true;
		__builtin_ia32_pause();
	}
	return false;
}

static __attribute__((noinline)) void lock_slow(struct mutex *m, struct parker *p)
{
	struct mutex_waiter w = {.parker = p};
	bool owned;

	if (spin_for_it(m, p))
		return;
	spin_lock(&m->lock);
	owned = own_or_mark(m, p);
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

static inline void lock_any(struct mutex *m, bool nested)
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

/* Hand @m over to the first who waits. */
static __attribute__((noinline)) void unlock_slow(struct mutex *m)
{
	struct mutex_waiter *w;
	struct parker *next;

	spin_lock(&m->lock);
	w = list_first_entry(&m->waiters, struct mutex_waiter, node);
	list_del(&w->node);
	next = w->parker;
	__atomic_store_n(&m->owner, (uintptr_t)next | (list_empty(&m->waiters) ? 0 : WAITERS),
			 __ATOMIC_RELEASE);
	spin_unlock(&m->lock);
	/* After this store @w may be gone; its parker outlives it. */
	__atomic_store_n(&w->granted, true, __ATOMIC_RELEASE);
	unpark(next);
}

void mutex_unlock(struct mutex *m) NO_TSA
{
	struct parker *p = park_self();
	uintptr_t me = (uintptr_t)p;

	held_pop(p, m);
	if (unlikely(!__atomic_compare_exchange_n(&m->owner, &me, 0, false, __ATOMIC_RELEASE,
						  __ATOMIC_RELAXED)))
		unlock_slow(m);
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
	return (__atomic_load_n(&m->owner, __ATOMIC_RELAXED) & ~WAITERS) == (uintptr_t)park_self();
}
