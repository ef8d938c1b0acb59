/*
 * What epoll.c (instances and what they watch) and epoll_wait.c (what is ready)
 * share.
 *
 *	eventpoll --items (hash)--> epitem --file (weak)--> file
 *	    |                         |  ^------epolls------/
 *	    \--ready (list)-----------/  on file->wq through epitem.we
 *
 * An item lives until it is deleted, its instance is released, or its file is:
 * whoever frees it holds ep->mu, and the latter two hold epoll_tree_mu too, so
 * that neither end of the link goes while the other is followed.
 */
#pragma once
#include <sys/epoll.h>

#include "fs/file.h"
#include "lib/list.h"
#include "lib/mutex.h"
#include "lib/waitq.h"

struct eventpoll;

struct epitem {
	struct list_head hash_node; /* ep->mu */
	struct list_head file_node; /* on file->epolls: file->lock */
	struct file *file;          /* immutable; weak */
	int fd;                     /* immutable */
	struct eventpoll *ep;       /* immutable; weak */
	struct epoll_event event;   /* ep->mu; .events is written atomically */
	struct waitq_entry we;      /* on file->wq */

	struct list_head ready_node; /* ep->ready_lock */
	bool ready; /* ep->ready_lock: on the ready list or taken off to be looked at */
};

struct eventpoll {
	struct file file; /* base; its wq tells those who watch the instance itself */

	struct mutex mu;         /* LOCK_EPOLL; guards items */
	struct list_head *items; /* [nr_buckets] */
	u32 nr_buckets;          /* a power of two */
	u32 nr_items;

	struct spinlock ready_lock;
	struct list_head ready; /* epitem.ready_node */
	struct waitq wait_wq;   /* epoll_wait(2) sleeps here, one woken for an event */
};

/* What an item waits for besides its readiness bits. */
#define EP_PRIVATE_BITS ((u32)EPOLLWAKEUP | (u32)EPOLLONESHOT | (u32)EPOLLET | (u32)EPOLLEXCLUSIVE)

static inline u32 epitem_events(const struct epitem *it)
{
	return __atomic_load_n(&it->event.events, __ATOMIC_RELAXED);
}

static inline void epitem_set_events(struct epitem *it, u32 events)
{
	__atomic_store_n(&it->event.events, events, __ATOMIC_RELAXED);
}

/* epitem_poll - which of the wanted bits are ready now; 0 for one that is disarmed */
poll_t epitem_poll(struct epitem *it);

/* epitem_set_ready - put it on the ready list and wake; true: somebody was told.  Under spinlocks.
 */
bool epitem_set_ready(struct epitem *it);

/* epitem_clear_ready - take it off the ready list */
void epitem_clear_ready(struct epitem *it);

/* epoll_poll - file_ops.poll of an instance: is anything on the list really ready */
poll_t epoll_poll(struct file *f);

static inline struct eventpoll *to_eventpoll(struct file *f)
{
	return container_of(f, struct eventpoll, file);
}
