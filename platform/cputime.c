/* CPU time of guest threads (cputime.h). */
#include "platform/cputime.h"

#include <time.h>

#include "host/host.h"

void cputime_process_init(struct cpu_process *p)
{
	list_init(&p->threads);
}

void cputime_thread_init(struct cpu_thread *t, struct spinlock *lock)
{
	list_init(&t->node);
	t->lock = lock;
}

int cputime_of_host(pid_t pid, u64 *ret)
{
	clockid_t clock = (clockid_t)(~(unsigned)pid << 3 | 2);
	struct timespec ts;
	int err = host_clock_gettime(clock, &ts);

	if (!err)
		*ret = (u64)ts.tv_sec * NSEC_PER_SEC + (u64)ts.tv_nsec;
	return err;
}

/* How long @t was let run since it was last asked. */
static u64 take_ran(struct cpu_thread *t, u64 now)
{
	u64 ran;

	spin_lock(t->lock);
	if (t->ran_since && now > t->ran_since) {
		t->ran += now - t->ran_since;
		t->ran_since = now;
	}
	ran = t->ran;
	t->ran = 0;
	spin_unlock(t->lock);
	return ran;
}

static void share_out_locked(struct cpu_process *p, u64 used)
{
	u64 now = now_ns(), total = 0;
	struct cpu_thread *t;

	list_for_each_entry (t, &p->threads, node) {
		t->share = take_ran(t, now);
		total += t->share;
	}
	if (used <= p->shared_out || total == 0)
		return;
	used -= p->shared_out;
	p->shared_out += used;
	list_for_each_entry (t, &p->threads, node)
		t->ns += (u64)((unsigned __int128)used * t->share / total);
}

void cputime_share_locked(struct cpu_process *p, u64 used)
{
	struct cpu_thread *t;

	__atomic_store_n(&p->shared, true, __ATOMIC_RELAXED);
	p->shared_out = used;
	list_for_each_entry (t, &p->threads, node)
		t->ns = used;
}

u64 cputime_of_locked(struct cpu_process *p, struct cpu_thread *t, u64 used)
{
	if (!p->shared)
		return used;
	share_out_locked(p, used);
	return t->ns;
}
