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
#include <pthread.h>
#include <sys/eventfd.h>

#include "lib/alloc.h"
#include "lib/log.h"
#include "sched/internal.h"

#define EPOLL_BATCH 64

static struct worker *workers;
static unsigned nr_workers;
static bool stopping; /* atomic */
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
	return i < nr_workers ? &workers[i] : NULL;
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

	*w = (struct worker){.index = index, .epoll = HOSTFD_NONE, .wake.fd = HOSTFD_NONE};
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

	list_init(&now);
	spin_lock(&w->lock);
	list_splice_tail(&w->runq, &now);
	spin_unlock(&w->lock);
	while (!list_empty(&now)) {
		f = list_first_entry(&now, struct fiber, node);
		list_del(&f->node);
		fiber_run(w, f);
	}
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
	if (n > 0)
		sources_serve(w, evs, n);
}

static void worker_loop(struct worker *w)
{
	self = w;
	while (!__atomic_load_n(&stopping, __ATOMIC_ACQUIRE)) {
		u64 next;

		run_queued(w);
		next = timers_run(w);
		poll_once(w, next);
	}
	self = NULL;
}

static void *worker_thread(void *arg)
{
	worker_loop(arg);
	return NULL;
}

int sched_init(unsigned nr)
{
	int err = 0;

	nr = min(max(nr, 1u), (unsigned)WORKERS_MAX);
	workers = kcalloc(nr, sizeof(*workers));
	if (!workers)
		return -ENOMEM;
	stopping = false;
	for (nr_workers = 0; nr_workers < nr && !err; nr_workers++)
		err = worker_init(&workers[nr_workers], nr_workers);
	if (err)
		sched_fini();
	return err;
}

int sched_run(void)
{
	pthread_t threads[WORKERS_MAX];
	unsigned started = 1;
	int err = 0;

	for (; started < nr_workers && !err; started++)
		err = -pthread_create(&threads[started], NULL, worker_thread, &workers[started]);
	if (err) {
		started--;
		sched_stop();
	}
	worker_loop(&workers[0]);
	for (unsigned i = 1; i < started; i++)
		pthread_join(threads[i], NULL);
	return err;
}

void sched_stop(void)
{
	__atomic_store_n(&stopping, true, __ATOMIC_SEQ_CST);
	for (unsigned i = 0; i < nr_workers; i++)
		worker_poke(&workers[i]);
}

void sched_fini(void)
{
	for (unsigned i = 0; i < nr_workers; i++) {
		fiber_free_stacks(&workers[i]);
		sources_fini(&workers[i]);
		host_close(workers[i].wake.fd);
		host_close(workers[i].epoll);
	}
	kfree(workers);
	workers = NULL;
	nr_workers = 0;
}
