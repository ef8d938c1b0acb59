/*
 * The fiber that does what others may not (work.h).
 *
 * Locks: work_lock, a spinlock, guards the queue and who is running.
 */
#include "sched/work.h"

#include "lib/waitq.h"

static struct spinlock work_lock;
static struct list_head queue = LIST_HEAD_INIT(queue);
static struct work *running;       /* compared, never followed: it may be freed */
static struct parker *work_parker; /* NULL until the fiber runs */
static bool started, stopping;
static struct waitq done_wq = {.entries = LIST_HEAD_INIT(done_wq.entries)};

static struct work *next_work(void)
{
	struct work *w = NULL;

	spin_lock(&work_lock);
	if (!list_empty(&queue)) {
		w = list_first_entry(&queue, struct work, node);
		list_del(&w->node);
	}
	running = w;
	spin_unlock(&work_lock);
	return w;
}

static void work_main(void *arg)
{
	(void)arg;
	spin_lock(&work_lock);
	work_parker = park_self();
	spin_unlock(&work_lock);
	for (;;) {
		struct work *w = next_work();

		waitq_wake_all(&done_wq);
		if (w)
			w->fn(w);
		else if (__atomic_load_n(&stopping, __ATOMIC_ACQUIRE))
			break;
		else
			park(PARK_FOREVER);
	}
	spin_lock(&work_lock);
	work_parker = NULL;
	started = false;
	stopping = false;
	spin_unlock(&work_lock);
	waitq_wake_all(&done_wq);
}

int work_start(void)
{
	struct fiber *f;
	bool first;
	int err;

	spin_lock(&work_lock);
	first = !started;
	started = true;
	spin_unlock(&work_lock);
	if (!first)
		return 0;
	err = fiber_create("work", work_main, NULL, &f);
	if (err) {
		spin_lock(&work_lock);
		started = false;
		spin_unlock(&work_lock);
	}
	return err;
}

static bool has_started(void)
{
	bool ret;

	spin_lock(&work_lock);
	ret = started;
	spin_unlock(&work_lock);
	return ret;
}

void work_stop(void)
{
	struct waitq_entry e;

	waitq_entry_init(&e, 0);
	waitq_add(&done_wq, &e);
	while (has_started()) {
		spin_lock(&work_lock);
		__atomic_store_n(&stopping, started, __ATOMIC_RELEASE);
		if (work_parker)
			unpark(work_parker);
		spin_unlock(&work_lock);
		park(PARK_FOREVER);
	}
	waitq_remove(&done_wq, &e);
}

void work_init(struct work *w, void (*fn)(struct work *w))
{
	list_init(&w->node);
	w->fn = fn;
}

void work_queue(struct work *w)
{
	struct parker *p;

	spin_lock(&work_lock);
	if (list_empty(&w->node))
		list_add_tail(&w->node, &queue);
	p = work_parker;
	spin_unlock(&work_lock);
	if (p)
		unpark(p);
}

static bool is_running(struct work *w)
{
	bool ret;

	spin_lock(&work_lock);
	ret = running == w;
	spin_unlock(&work_lock);
	return ret;
}

void work_cancel(struct work *w)
{
	spin_lock(&work_lock);
	list_del(&w->node);
	spin_unlock(&work_lock);
	waitq_await(&done_wq, !is_running(w));
}

static void queue_timer_work(struct timer *t)
{
	work_queue(&container_of(t, struct work_timer, timer)->work);
}

void work_timer_init(struct work_timer *wt, void (*fn)(struct work *w))
{
	timer_init(&wt->timer, queue_timer_work);
	work_init(&wt->work, fn);
}

void work_timer_cancel(struct work_timer *wt)
{
	(void)timer_cancel(&wt->timer);
	work_cancel(&wt->work);
}
