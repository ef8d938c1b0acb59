/* Wait queues (waitq.h). */
#include "lib/waitq.h"

#include "lib/park.h"

static bool wake_parker(struct waitq_entry *e, poll_t events)
{
	(void)events;
	unpark(e->parker);
	return e->exclusive;
}

void waitq_init(struct waitq *wq)
{
	spin_init(&wq->lock);
	list_init(&wq->entries);
	wq->nr = 0;
}

void waitq_entry_init_fn(struct waitq_entry *e, poll_t events, waitq_fn fn)
{
	*e = (struct waitq_entry){.events = events, .fn = fn};
	list_init(&e->node);
}

void waitq_entry_init(struct waitq_entry *e, poll_t events)
{
	waitq_entry_init_fn(e, events, wake_parker);
	e->parker = park_self();
}

/* As a full barrier: see waitq_active(). */
static void count_locked(struct waitq *wq, int by)
{
	__atomic_fetch_add(&wq->nr, (u32)by, __ATOMIC_SEQ_CST);
}

void waitq_add(struct waitq *wq, struct waitq_entry *e)
{
	spin_lock(&wq->lock);
	e->wq = wq;
	e->exclusive = false;
	list_add(&e->node, &wq->entries);
	count_locked(wq, 1);
	spin_unlock(&wq->lock);
}

void waitq_add_exclusive(struct waitq *wq, struct waitq_entry *e)
{
	spin_lock(&wq->lock);
	e->wq = wq;
	e->exclusive = true;
	list_add_tail(&e->node, &wq->entries);
	count_locked(wq, 1);
	spin_unlock(&wq->lock);
}

void waitq_remove(struct waitq *wq, struct waitq_entry *e)
{
	spin_lock(&wq->lock);
	if (!list_empty(&e->node))
		count_locked(wq, -1);
	list_del(&e->node);
	e->wq = NULL;
	spin_unlock(&wq->lock);
}

void waitq_tell(struct waitq *wq, poll_t events, bool all)
{
	struct waitq_entry *e, *n;

	spin_lock(&wq->lock);
	list_for_each_entry_safe (e, n, &wq->entries, node) {
		if (e->events && events && !(e->events & events))
			continue;
		if (e->fn(e, events) && !all)
			break;
	}
	spin_unlock(&wq->lock);
}

/* The entry goes on the queue before @mu is dropped, so no wake-up is missed. */
static int wait_locked(struct waitq *wq, poll_t events, struct mutex *mu, u64 deadline,
		       bool interruptible) NO_TSA
{
	struct parker *p = park_self();
	struct waitq_entry e;
	int err = 0;

	if (interruptible && park_interrupted(p))
		return -ERESTARTSYS;
	waitq_entry_init(&e, events);
	waitq_add(wq, &e);
	mutex_unlock(mu);
	if (interruptible)
		park_interruptible(deadline);
	else
		park(deadline);
	waitq_remove(wq, &e);
	if (deadline != PARK_FOREVER && now_ns() >= deadline)
		err = -ETIMEDOUT;
	else if (interruptible && park_interrupted(p))
		err = -ERESTARTSYS;
	mutex_lock(mu);
	return err;
}

int waitq_wait_locked(struct waitq *wq, poll_t events, struct mutex *mu)
{
	return wait_locked(wq, events, mu, PARK_FOREVER, true);
}

int waitq_wait_deadline_locked(struct waitq *wq, poll_t events, struct mutex *mu, u64 deadline)
{
	return wait_locked(wq, events, mu, deadline, true);
}

void waitq_wait_uninterruptible_locked(struct waitq *wq, poll_t events, struct mutex *mu)
{
	(void)wait_locked(wq, events, mu, PARK_FOREVER, false);
}
