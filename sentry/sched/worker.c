/*
 * Workers: host threads that run fibers and sleep in epoll_wait when there is
 * nothing to run.
 *
 * Another thread that queues something looks at w->sleeping: the worker sets it
 * before its last look at the queues, the other queues before it looks, so one
 * of the two sees the other's store.
 *
 * Locks: worker->lock (run queue).
 */
#include <sys/eventfd.h>

#include "lib/alloc.h"
#include "lib/cycles.h"
#include "lib/log.h"
#include "sched/internal.h"

#define EPOLL_BATCH 64

#define SLICE_MIN   (2 * NSEC_PER_USEC)
#define SLICE_MAX   (20 * NSEC_PER_USEC)

/* A worker's own stack; the caller's limit, which the C library would take, may be anything. */
#define THREAD_STACK (1ul << 20)

static struct worker *workers;     /* max_workers of them */
static unsigned max_workers;       /* atomic */
static unsigned nr_workers;        /* atomic: those that are made */
static unsigned nr_forced;         /* at the start */
static bool starting;              /* atomic: somebody is starting one */
static bool stopping;              /* atomic */
static enum spin (*spinner)(void); /* immutable once workers run */
static __thread struct worker *self;

/* Not inlined: a fiber's caller may look from another thread the next time. */
__attribute__((noinline)) struct worker *worker_self(void)
{
	return self;
}

struct worker *worker_here(void)
{
	struct worker *w = worker_self();

	return w ? w : &workers[0];
}

struct worker *worker_each(unsigned i)
{
	return i < __atomic_load_n(&nr_workers, __ATOMIC_SEQ_CST) ? &workers[i] : NULL;
}

void worker_poke(struct worker *w)
{
	u64 one = 1;

	/* The exchange is the barrier between what was queued and the look at sleeping. */
	if (w == worker_self() || !__atomic_exchange_n(&w->sleeping, false, __ATOMIC_SEQ_CST))
		return;
	if (host_write(w->wake.fd, &one, sizeof(one)) < 0)
		log_error("cannot wake worker %u", w->index);
}

static void drain_wake(struct poll_source *s, poll_t ready)
{
	u64 n;

	(void)ready;
	if (host_read(s->fd, &n, sizeof(n)) < 0)
		return;
}

static int worker_init(struct worker *w, unsigned index)
{
	int err;

	*w = (struct worker){
		.index = index, .left = -1, .epoll = HOSTFD_NONE, .wake.fd = HOSTFD_NONE};
	list_init(&w->runq);
	list_init(&w->fibers);
	list_init(&w->free);
	sources_init(w);
	w->wake.fn = drain_wake;
	w->wake.level = true;
	err = host_epoll_create(&w->epoll);
	if (!err)
		err = host_eventfd(0, EFD_NONBLOCK, &w->wake.fd);
	if (!err)
		err = source_add_to(w, &w->wake, EPOLLIN);
	return err;
}

static bool has_runnable(struct worker *w)
{
	bool any;

	spin_lock(&w->lock);
	any = !list_empty(&w->runq);
	spin_unlock(&w->lock);
	return any;
}

/* Run what is queued now; what these queue has its turn after the next poll. */
static void run_queued(struct worker *w)
{
	struct list_head now;
	struct fiber *f;
	unsigned n;

	list_init(&now);
	spin_lock(&w->lock);
	list_splice_tail(&w->runq, &now);
	n = w->nr_runnable;
	__atomic_store_n(&w->nr_runnable, 0, __ATOMIC_RELAXED);
	spin_unlock(&w->lock);
	if (__atomic_load_n(&max_workers, __ATOMIC_RELAXED) > 1)
		balance_round(w, &now, n);
	while (!list_empty(&now)) {
		f = list_first_entry(&now, struct fiber, node);
		list_del(&f->node);
		fiber_run(w, f);
	}
}

bool sched_pending(void)
{
	const struct worker *w = worker_self();

	return w && __atomic_load_n(&w->nr_runnable, __ATOMIC_RELAXED);
}

void sched_set_spinner(enum spin (*fn)(void))
{
	spinner = fn;
}

bool sched_due(void)
{
	const struct worker *w = worker_self();

	return cycles() - w->polled_at >= w->slice;
}

u64 sched_slice(void)
{
	return worker_self()->slice;
}

/* The next look at descriptors is soon when this one found something, and later if not. */
static void adapt_slice(struct worker *w, bool found)
{
	w->slice = found ? cycles_from_ns(SLICE_MIN) : min(w->slice * 2, cycles_from_ns(SLICE_MAX));
}

/* Descriptors are looked at once a slice while fibers run, or something is waited for. */
static bool may_skip_poll(struct worker *w)
{
	u64 now = cycles();

	if (has_runnable(w) && now - w->polled_at < w->slice)
		return true;
	w->polled_at = now;
	return false;
}

static void poll_once(struct worker *w, u64 deadline)
{
	struct epoll_event evs[EPOLL_BATCH];
	s64 timeout = -1;
	int n;

	__atomic_store_n(&w->sleeping, true, __ATOMIC_SEQ_CST);
	if (has_runnable(w) || __atomic_load_n(&stopping, __ATOMIC_SEQ_CST)) {
		timeout = 0;
	} else if (deadline != PARK_FOREVER) {
		u64 now = now_ns();

		timeout = deadline > now ? (s64)(deadline - now) : 0;
	}
	n = host_epoll_wait(w->epoll, evs, EPOLL_BATCH, timeout);
	__atomic_store_n(&w->sleeping, false, __ATOMIC_SEQ_CST);
	if (n < 0 && n != -EINTR)
		panic("epoll_wait: %s", strerror(-n));
	core_woken(w);
	adapt_slice(w, n > 0);
	if (n > 0)
		sources_serve(w, evs, n);
}

static void worker_loop(struct worker *w)
{
	self = w;
	w->slice = cycles_from_ns(SLICE_MIN);
	while (!__atomic_load_n(&stopping, __ATOMIC_ACQUIRE)) {
		enum spin spin = SPIN_NONE;
		u64 next;

		run_queued(w);
		if (__atomic_load_n(&stopping, __ATOMIC_ACQUIRE))
			break;
		next = timers_run(w);
		if (spinner && !has_runnable(w))
			spin = spinner();
		if (!may_skip_poll(w))
			poll_once(w, spin == SPIN_AGAIN ? 0 : next);
	}
	core_untie(w);
	self = NULL;
}

static void *worker_thread(void *arg)
{
	worker_loop(arg);
	return NULL;
}

static void worker_fini(struct worker *w)
{
	fiber_free_stacks(w);
	sources_fini(w);
	host_close(w->wake.fd);
	host_close(w->epoll);
}

static int start_thread(struct worker *w)
{
	pthread_attr_t attr;
	int err;

	err = -pthread_attr_init(&attr);
	if (err)
		return err;
	err = -pthread_attr_setstacksize(&attr, THREAD_STACK);
	if (!err) {
		/* It would be tied to our core for ever. */
		core_untie(worker_self());
		mutex_spin();
		err = -pthread_create(&w->thread, &attr, worker_thread, w);
	}
	pthread_attr_destroy(&attr);
	return err;
}

struct worker *worker_start(void)
{
	struct worker *w = NULL;
	unsigned n;
	int err;

	if (__atomic_exchange_n(&starting, true, __ATOMIC_ACQUIRE))
		return NULL;
	n = __atomic_load_n(&nr_workers, __ATOMIC_RELAXED);
	if (n < __atomic_load_n(&max_workers, __ATOMIC_RELAXED)) {
		w = &workers[n];
		err = worker_init(w, n);
		if (!err)
			err = start_thread(w);
		if (err) {
			log_info("no more than %u workers: %s", n, strerror(-err));
			worker_fini(w);
			__atomic_store_n(&max_workers, n, __ATOMIC_RELAXED);
			w = NULL;
		} else {
			__atomic_store_n(&nr_workers, n + 1, __ATOMIC_SEQ_CST);
		}
	}
	__atomic_store_n(&starting, false, __ATOMIC_RELEASE);
	return w;
}

int sched_init(unsigned nr)
{
	int err;

	max_workers = balance_init(nr);
	nr_forced = nr;
	workers = kcalloc(max_workers, sizeof(*workers));
	if (!workers)
		return -ENOMEM;
	stopping = false;
	err = worker_init(&workers[0], 0);
	nr_workers = 1;
	if (err)
		sched_fini();
	return err;
}

void sched_limit_workers(unsigned max)
{
	max_workers = min(max_workers, max);
}

int sched_run(void)
{
	bool started = true;

	for (unsigned i = 1; i < min(nr_forced, max_workers) && started; i++)
		started = worker_start();
	worker_loop(&workers[0]);
	/* One that is joined here may have started the next. */
	for (unsigned i = 1; worker_each(i); i++)
		pthread_join(workers[i].thread, NULL);
	return 0;
}

void sched_stop(void)
{
	struct worker *w;

	__atomic_store_n(&stopping, true, __ATOMIC_SEQ_CST);
	for (unsigned i = 0; (w = worker_each(i)); i++)
		worker_poke(w);
}

void sched_fini(void)
{
	for (unsigned i = 0; i < nr_workers; i++)
		worker_fini(&workers[i]);
	kfree(workers);
	workers = NULL;
	nr_workers = 0;
}
