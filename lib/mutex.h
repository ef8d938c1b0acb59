/*
 * Locks.
 *
 * A mutex parks its waiters, so it may be held across a sleep of its holder
 * (where lockrank.h says so) and is taken by fibers and plain threads alike.
 * A spinlock guards a few instructions that never sleep: wait queues, run
 * queues, timers.  Both are ordered: mutexes by rank, spinlocks behind them all.
 */
#pragma once
#include "lib/base.h"
#include "lib/list.h"
#include "lib/lockrank.h"

struct CAPABILITY("spinlock") spinlock {
	u32 v; /* atomic: 0 free, 1 held */
};

static inline void spin_init(struct spinlock *l)
{
	l->v = 0;
}

/* spin_lock_slow - spin_lock() when somebody holds it */
void spin_lock_slow(struct spinlock *l);

static inline void spin_lock(struct spinlock *l) ACQUIRES(*l) NO_TSA
{
	if (unlikely(__atomic_exchange_n(&l->v, 1, __ATOMIC_ACQUIRE)))
		spin_lock_slow(l);
}

static inline void spin_unlock(struct spinlock *l) RELEASES(*l) NO_TSA
{
	__atomic_store_n(&l->v, 0, __ATOMIC_RELEASE);
}

/* mutex_spin - from now on several threads run: look a moment for an owner to be done */
void mutex_spin(void);

struct parker;

struct CAPABILITY("mutex") mutex {
	uintptr_t owner;      /* atomic: 0 free, or the parker; bit 0: somebody waits */
	struct spinlock lock; /* guards waiters */
	u8 rank;              /* immutable: enum lock_rank */
	struct list_head waiters;
};

void mutex_init(struct mutex *m, enum lock_rank rank);

/*
 * mutex_lock - take @m; parks while another holds it
 *
 * Aborts when the caller holds a lock of the same or a later rank.
 * Locks: none of rank >= @m's.  May sleep, uninterruptibly.
 */
void mutex_lock(struct mutex *m) ACQUIRES(*m);
bool mutex_trylock(struct mutex *m) TRY_ACQUIRE(true, *m);
void mutex_unlock(struct mutex *m) RELEASES(*m);

/* mutex_lock_pair - take two locks of one rank, by address; @a and @b may be the same */
void mutex_lock_pair(struct mutex *a, struct mutex *b) NO_TSA;
void mutex_unlock_pair(struct mutex *a, struct mutex *b) NO_TSA;

/*
 * mutex_lock_nested - take @m while a lock of the same rank is held
 *
 * Only where lockrank.h states an order within the rank (ancestor first).
 */
void mutex_lock_nested(struct mutex *m) ACQUIRES(*m);

/* mutex_is_mine - does the caller hold @m; for assertions */
bool mutex_is_mine(const struct mutex *m);
