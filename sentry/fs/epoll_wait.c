/*
 * The ready side of epoll: who is on the list, and taking it.
 *
 * An item on the list may be ready: whoever takes it asks its file.  Items are
 * first moved to a list of the taker's, then looked at one by one; `ready' is
 * cleared before the look, so an event that comes during it queues the item
 * again.  Level-triggered items go back to the end of the list.
 *
 * Locks: ep->mu while items are looked at and given out; ready_lock for the list.
 */
#include "fs/epoll.h"
#include "fs/epoll_internal.h"
#include "lib/park.h"

#define BATCH 64

poll_t epitem_poll(struct epitem *it)
{
	u32 want = epitem_events(it);

	if (!(want & ~EP_PRIVATE_BITS))
		return 0;
	return vfs_poll(it->file) & want;
}

bool epitem_set_ready(struct epitem *it)
{
	struct eventpoll *ep = it->ep;
	bool told;

	spin_lock(&ep->ready_lock);
	if (!it->ready) {
		it->ready = true;
		list_add_tail(&it->ready_node, &ep->ready);
	}
	spin_unlock(&ep->ready_lock);
	told = waitq_active(&ep->wait_wq);
	waitq_wake(&ep->wait_wq, EPOLLIN);
	waitq_wake(ep->file.wq, EPOLLIN | EPOLLRDNORM);
	return told;
}

void epitem_clear_ready(struct epitem *it)
{
	spin_lock(&it->ep->ready_lock);
	it->ready = false;
	list_del(&it->ready_node);
	spin_unlock(&it->ep->ready_lock);
}

static void take_list(struct eventpoll *ep, struct list_head *ret)
{
	list_init(ret);
	spin_lock(&ep->ready_lock);
	list_splice_tail(&ep->ready, ret);
	spin_unlock(&ep->ready_lock);
}

/* What was not looked at goes back to the front. */
static void return_list(struct eventpoll *ep, struct list_head *rest)
{
	spin_lock(&ep->ready_lock);
	list_splice_tail(&ep->ready, rest);
	list_splice_tail(rest, &ep->ready);
	spin_unlock(&ep->ready_lock);
}

static struct epitem *take_first(struct eventpoll *ep, struct list_head *list)
{
	struct epitem *it = NULL;

	spin_lock(&ep->ready_lock);
	if (!list_empty(list)) {
		it = list_first_entry(list, struct epitem, ready_node);
		list_del(&it->ready_node);
		it->ready = false;
	}
	spin_unlock(&ep->ready_lock);
	return it;
}

/* Back on the list, without waking anybody. */
static void requeue(struct eventpoll *ep, struct epitem *it)
{
	spin_lock(&ep->ready_lock);
	if (!it->ready) {
		it->ready = true;
		list_add_tail(&it->ready_node, &ep->ready);
	}
	spin_unlock(&ep->ready_lock);
}

static bool has_ready(struct eventpoll *ep)
{
	bool ret;

	spin_lock(&ep->ready_lock);
	ret = !list_empty(&ep->ready);
	spin_unlock(&ep->ready_lock);
	return ret;
}

poll_t epoll_poll(struct file *f)
{
	struct eventpoll *ep = to_eventpoll(f);
	struct list_head list;
	struct epitem *it;
	bool any = false;

	if (!has_ready(ep))
		return 0;
	mutex_lock_nested(&ep->mu);
	take_list(ep, &list);
	while (!any && (it = take_first(ep, &list)) != NULL) {
		any = epitem_poll(it) != 0;
		if (any)
			requeue(ep, it);
	}
	return_list(ep, &list);
	mutex_unlock(&ep->mu);
	return any ? EPOLLIN | EPOLLRDNORM : 0;
}

/* Up to @max ready ones of @list. */
static size_t fill_batch(struct eventpoll *ep, struct list_head *list, size_t max,
			 struct epoll_event *evs, struct epitem **items)
{
	struct epitem *it;
	size_t nr = 0;

	while (nr < max && (it = take_first(ep, list)) != NULL) {
		poll_t ready = epitem_poll(it);

		if (!ready)
			continue;
		evs[nr] = (struct epoll_event){.events = ready, .data = it->event.data};
		items[nr++] = it;
	}
	return nr;
}

/* The guest has it: one-shot ones are disarmed, level-triggered ones stay. */
static void given(struct eventpoll *ep, struct epitem *it)
{
	u32 events = epitem_events(it);

	if (events & (u32)EPOLLONESHOT)
		epitem_set_events(it, events & EP_PRIVATE_BITS);
	else if (!(events & (u32)EPOLLET))
		requeue(ep, it);
}

static int collect_locked(struct eventpoll *ep, struct list_head *list, int max, epoll_emit_fn emit,
			  void *arg)
{
	struct epoll_event evs[BATCH];
	struct epitem *items[BATCH];
	int total = 0;

	while (total < max) {
		size_t room = min((size_t)(max - total), (size_t)BATCH);
		size_t nr = fill_batch(ep, list, room, evs, items);
		int err;

		if (!nr)
			break;
		err = emit(arg, evs, nr);
		for (size_t i = 0; i < nr; i++) {
			if (err)
				requeue(ep, items[i]);
			else
				given(ep, items[i]);
		}
		if (err)
			return total ? total : err;
		total += (int)nr;
	}
	return total;
}

int epoll_collect(struct file *epf, int max, epoll_emit_fn emit, void *arg)
{
	struct eventpoll *ep = to_eventpoll(epf);
	struct list_head list;
	int ret;

	if (!has_ready(ep))
		return 0;
	mutex_lock(&ep->mu);
	take_list(ep, &list);
	ret = collect_locked(ep, &list, max, emit, arg);
	return_list(ep, &list);
	mutex_unlock(&ep->mu);
	/* More for the next one who waits. */
	if (has_ready(ep))
		waitq_wake(&ep->wait_wq, EPOLLIN);
	return ret;
}

int epoll_wait_events(struct file *epf, int max, u64 deadline, epoll_emit_fn emit, void *arg)
{
	struct eventpoll *ep = to_eventpoll(epf);
	struct parker *self = park_self();
	int ret = epoll_collect(epf, max, emit, arg);

	while (!ret && deadline) {
		struct waitq_entry e;

		if (park_interrupted(self))
			return -EINTR;
		waitq_entry_init(&e, 0);
		waitq_add_exclusive(&ep->wait_wq, &e);
		while (!has_ready(ep) && !park_interrupted(self) &&
		       (deadline == PARK_FOREVER || now_ns() < deadline))
			park_interruptible(deadline);
		waitq_remove(&ep->wait_wq, &e);
		ret = epoll_collect(epf, max, emit, arg);
		if (!ret && deadline != PARK_FOREVER && now_ns() >= deadline)
			break;
	}
	return ret;
}
