/*
 * Pending signals: the sets, the queue of siginfos, and who pays for it.
 *
 * A set has one bit a signal and a queue of siginfos.  A standard signal is
 * queued once; a real-time signal as often as it was sent.  A bit without an
 * entry means that its siginfo found no room (RLIMIT_SIGPENDING, memory): it is
 * delivered as SI_USER from nobody, as on Linux.
 *
 * Locks: sighand->mu guards the sets; count_lock (a spinlock) the counters of
 * what each user has queued.
 */
#include "kernel/posix_timer.h"
#include "kernel/signal_internal.h"
#include "lib/alloc.h"

/* How many siginfos a user has queued; lives while there are any. */
struct sigcount {
	struct list_head node; /* count_lock */
	u32 uid;               /* immutable */
	u64 nr;                /* count_lock */
};

static struct spinlock count_lock;
static struct list_head counts = LIST_HEAD_INIT(counts);

static struct sigcount *count_find_locked(u32 uid)
{
	struct sigcount *c;

	list_for_each_entry (c, &counts, node) {
		if (c->uid == uid)
			return c;
	}
	return NULL;
}

/* The counter of @uid raised by one, or NULL: over @limit, or no memory. */
static struct sigcount *count_charge(u32 uid, u64 limit)
{
	struct sigcount *spare = kzalloc(sizeof(*spare));
	struct sigcount *c;

	spin_lock(&count_lock);
	c = count_find_locked(uid);
	if (!c && spare) {
		c = steal(&spare);
		c->uid = uid;
		list_add(&c->node, &counts);
	}
	if (c && ++c->nr > limit) {
		if (--c->nr == 0) {
			list_del(&c->node);
			spare = c;
		}
		c = NULL;
	}
	spin_unlock(&count_lock);
	kfree(spare);
	return c;
}

static void count_uncharge(struct sigcount *c)
{
	bool last;

	spin_lock(&count_lock);
	last = --c->nr == 0;
	if (last)
		list_del(&c->node);
	spin_unlock(&count_lock);
	if (last)
		kfree(c);
}

u64 signal_nr_queued(u32 uid)
{
	struct sigcount *c;
	u64 nr;

	spin_lock(&count_lock);
	c = count_find_locked(uid);
	nr = c ? c->nr : 0;
	spin_unlock(&count_lock);
	return nr;
}

struct sigqueue *sigqueue_create(u32 uid, u64 limit)
{
	struct sigqueue *q = kzalloc(sizeof(*q));

	if (!q)
		return NULL;
	list_init(&q->node);
	q->count = count_charge(uid, limit);
	if (!q->count) {
		kfree(q);
		return NULL;
	}
	return q;
}

void sigqueue_free(struct sigqueue *q)
{
	list_del(&q->node);
	count_uncharge(q->count);
	kfree(q);
}

void sigpending_init(struct sigpending *p)
{
	list_init(&p->queue);
	p->set = 0;
}

/* A timer keeps its entry; every other is freed. */
static void drop_entry(struct sigqueue *q)
{
	list_del(&q->node);
	if (!q->timer)
		sigqueue_free(q);
}

void sigpending_flush(struct sigpending *p)
{
	sigpending_remove(p, ~0ull);
}

void sigpending_remove(struct sigpending *p, sigset64_t mask)
{
	struct sigqueue *q, *n;

	if (!(p->set & mask))
		return;
	p->set &= ~mask;
	list_for_each_entry_safe (q, n, &p->queue, node) {
		if (mask & sig_bit(q->info.si_signo))
			drop_entry(q);
	}
}

static u32 task_uid(struct task *t)
{
	u32 uid;

	spin_lock(&t->lock);
	uid = t->cred->uid;
	spin_unlock(&t->lock);
	return uid;
}

bool sigpending_add(struct sigpending *p, struct task *target, const siginfo_t *info, bool override)
{
	u64 limit = override ? UINT64_MAX : task_rlimit(target, RLIMIT_SIGPENDING);
	struct sigqueue *q = sigqueue_create(task_uid(target), limit);

	if (!q)
		return false;
	q->info = *info;
	list_add_tail(&q->node, &p->queue);
	p->set |= sig_bit(info->si_signo);
	return true;
}

/* Take @sig off @p; its bit stays while more of it are queued. */
static void collect(struct sigpending *p, int sig, siginfo_t *ret)
{
	struct sigqueue *q, *first = NULL;
	bool more = false;

	list_for_each_entry (q, &p->queue, node) {
		if (q->info.si_signo != sig)
			continue;
		if (first) {
			more = true;
			break;
		}
		first = q;
	}
	if (!more)
		p->set &= ~sig_bit(sig);
	if (!first) {
		memset(ret, 0, sizeof(*ret));
		ret->si_signo = sig;
		ret->si_code = SI_USER;
		return;
	}
	*ret = first->info;
	if (first->timer) {
		list_del(&first->node);
		posix_timer_dequeued_locked(first->timer, ret);
	} else {
		sigqueue_free(first);
	}
}

/* Faults first, then the lowest number. */
static int pick(sigset64_t ready)
{
	if (ready & SIG_SYNC_SET)
		ready &= SIG_SYNC_SET;
	return ready ? __builtin_ctzll(ready) + 1 : 0;
}

int signal_dequeue_locked(struct task *t, sigset64_t mask, siginfo_t *ret)
{
	struct sigpending *p = &t->pending;
	int sig = pick(p->set & mask);

	if (!sig) {
		p = &t->tg->pending;
		sig = pick(p->set & mask);
	}
	if (!sig)
		return 0;
	collect(p, sig, ret);
	if (sig_bit(sig) & SIG_STOP_SET)
		t->stop_dequeued = true;
	return sig;
}

int signal_dequeue_sync_locked(struct task *t, siginfo_t *ret)
{
	sigset64_t ready = t->pending.set & ~t->blocked & SIG_SYNC_SET;
	struct sigqueue *q;

	if (!ready)
		return 0;
	/* Only what a fault queued (si_code > 0); kill(2) may send the same numbers. */
	list_for_each_entry (q, &t->pending.queue, node) {
		int sig = q->info.si_signo;

		if ((sig_bit(sig) & ready) && q->info.si_code > 0) {
			collect(&t->pending, sig, ret);
			return sig;
		}
	}
	return 0;
}
