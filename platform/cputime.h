/*
 * CPU time of guest threads, as far as it is the same on every platform.
 *
 * The host tells another process's CPU time, not that of one of its threads.
 * A process with one thread needs no more.  With several, what the process
 * has used since the last look is shared out in proportion to the time each was
 * let run: exact in sum, never going back, and nearly right for each, since a
 * guest thread that does not use the CPU is stopped with us.
 *
 * Locks: a platform's address space and vcpu embed these and lend them their
 * locks.  The one of the address space is held where a name ends in _locked.
 */
#pragma once
#include "lib/base.h"
#include "lib/list.h"
#include "lib/mutex.h"
#include "lib/park.h"

/* Of an address space; guarded by its lock. */
struct cpu_process {
	struct list_head threads; /* struct cpu_thread: its vcpus */
	bool shared;              /* atomic, written under the lock: has, or had, several */
	u64 shared_out;           /* ns that they have had their share of */
};

/* Of a vcpu. */
struct cpu_thread {
	struct list_head node; /* in threads; guarded by the address space's lock */
	struct spinlock *lock; /* the vcpu's; immutable */
	u64 ran_since; /* guarded by lock: when it was let run; 0: it is not, or nobody asks */
	u64 ran;       /* guarded by lock: ns it was let run since the last share-out */
	u64 share, ns; /* guarded by the address space's lock: what it gets next, and has */
};

void cputime_process_init(struct cpu_process *p);
void cputime_thread_init(struct cpu_thread *t, struct spinlock *lock);

/* cputime_is_shared - has, or had, @p several threads?  Under any lock, or none. */
static inline bool cputime_is_shared(const struct cpu_process *p)
{
	return __atomic_load_n(&p->shared, __ATOMIC_RELAXED);
}

/* cputime_resumed - @t is let run; cputime_stopped: no longer.  Its lock is held. */
static inline void cputime_resumed(const struct cpu_process *p, struct cpu_thread *t)
{
	if (cputime_is_shared(p))
		t->ran_since = now_ns();
}

static inline void cputime_stopped(struct cpu_thread *t)
{
	if (t->ran_since)
		t->ran += now_ns() - t->ran_since;
	t->ran_since = 0;
}

/* cputime_share_locked - @p, which has used @used ns, is about to have a second thread */
void cputime_share_locked(struct cpu_process *p, u64 used);

/* cputime_of_locked - what @t has of the @used ns that its @p has used */
u64 cputime_of_locked(struct cpu_process *p, struct cpu_thread *t, u64 used);

/* cputime_of_host - ns that all threads of the host process @pid have used; 0 or -errno */
int cputime_of_host(pid_t pid, u64 *ret) must_check;
