/*
 * epoll instances: what each watches, and how files leave.
 *
 * Items are found by (file, fd) in a hash that grows.  An item has an entry on
 * its file's wait queue, whose function puts it on the ready list; epoll_wait.c
 * takes it from there.
 *
 * Locks: epoll_tree_mu (LOCK_EPOLL_TREE) over everything that joins an epoll to
 * an epoll or ends a file or an instance; ep->mu, outer instance first; then
 * whatever vfs_poll() takes.  Wait queue functions run under the file's wait
 * queue lock and take only spinlocks: inner ready_lock, inner wait queues.
 */
#include "fs/epoll.h"

#include "fs/epoll_internal.h"
#include "lib/alloc.h"

#define BUCKETS_MIN 16u
#define NESTS_MAX   4u        /* epolls inside epolls */
#define ITEMS_MAX   (1 << 18) /* of the whole sandbox: fs.epoll.max_user_watches */

/* What EPOLLEXCLUSIVE may be combined with. */
#define EXCLUSIVE_OK                                                                         \
	((u32)(EPOLLIN | EPOLLOUT | EPOLLERR | EPOLLHUP) | (u32)EPOLLWAKEUP | (u32)EPOLLET | \
	 (u32)EPOLLEXCLUSIVE)

static struct mutex epoll_tree_mu;
static s32 nr_items; /* atomic */

static size_t epitem_hash(const struct file *f, int fd)
{
	u64 h = ((u64)(uintptr_t)f >> 6) ^ ((u64)(u32)fd << 32 | (u32)fd);

	return (size_t)((h * 0x9e3779b97f4a7c15ull) >> 32);
}

static struct list_head *bucket(struct eventpoll *ep, const struct file *f, int fd)
{
	return &ep->items[epitem_hash(f, fd) & (ep->nr_buckets - 1)];
}

static struct epitem *find_locked(struct eventpoll *ep, const struct file *f, int fd)
{
	struct epitem *it;

	list_for_each_entry (it, bucket(ep, f, fd), hash_node) {
		if (it->file == f && it->fd == fd)
			return it;
	}
	return NULL;
}

/* Twice the buckets; a failure only makes the chains longer. */
static void grow_locked(struct eventpoll *ep)
{
	u32 nr = ep->nr_buckets * 2, old_nr = ep->nr_buckets;
	struct list_head *old = ep->items, *fresh = kcalloc(nr, sizeof(*fresh));

	if (!fresh)
		return;
	for (u32 i = 0; i < nr; i++)
		list_init(&fresh[i]);
	ep->items = fresh;
	ep->nr_buckets = nr;
	for (u32 i = 0; i < old_nr; i++) {
		struct epitem *it, *n;

		list_for_each_entry_safe (it, n, &old[i], hash_node)
			list_move_tail(&it->hash_node, bucket(ep, it->file, it->fd));
	}
	kfree(old);
}

/* The file's wait queue was woken; under its lock. */
static bool on_wake(struct waitq_entry *we, poll_t events)
{
	struct epitem *it = container_of(we, struct epitem, we);
	u32 want = epitem_events(it);

	if (!(want & ~EP_PRIVATE_BITS))
		return false; /* one shot, and it was fired */
	if (events && !(events & want))
		return false;
	return epitem_set_ready(it) && (want & (u32)EPOLLEXCLUSIVE);
}

/* Out of everything, and freed; ep->mu is held. */
static void remove_locked(struct epitem *it)
{
	struct eventpoll *ep = it->ep;

	waitq_remove(it->file->wq, &it->we);
	epitem_clear_ready(it);
	spin_lock(&it->file->lock);
	list_del(&it->file_node);
	spin_unlock(&it->file->lock);
	list_del(&it->hash_node);
	ep->nr_items--;
	__atomic_sub_fetch(&nr_items, 1, __ATOMIC_RELAXED);
	kfree(it);
}

/* A watched file is going: off with its items, wherever they are. */
static void file_released(struct file *f)
{
	mutex_lock(&epoll_tree_mu);
	for (;;) {
		struct epitem *it = NULL;
		struct eventpoll *ep;

		spin_lock(&f->lock);
		if (!list_empty(&f->epolls))
			it = list_first_entry(&f->epolls, struct epitem, file_node);
		/* The instance cannot go: that takes epoll_tree_mu.  The item may. */
		ep = it ? it->ep : NULL;
		spin_unlock(&f->lock);
		if (!ep)
			break;
		mutex_lock(&ep->mu);
		spin_lock(&f->lock);
		it = NULL;
		if (!list_empty(&f->epolls)) {
			it = list_first_entry(&f->epolls, struct epitem, file_node);
			if (it->ep != ep)
				it = NULL;
		}
		spin_unlock(&f->lock);
		if (it)
			remove_locked(it);
		mutex_unlock(&ep->mu);
	}
	mutex_unlock(&epoll_tree_mu);
}

static void epoll_release(struct file *f)
{
	struct eventpoll *ep = to_eventpoll(f);

	mutex_lock(&epoll_tree_mu);
	mutex_lock(&ep->mu);
	for (u32 i = 0; i < ep->nr_buckets; i++) {
		while (!list_empty(&ep->items[i]))
			remove_locked(list_first_entry(&ep->items[i], struct epitem, hash_node));
	}
	mutex_unlock(&ep->mu);
	mutex_unlock(&epoll_tree_mu);
	kfree(ep->items);
	kfree(ep);
}

static size_t epoll_fdinfo(struct file *f, char *buf, size_t size)
{
	struct eventpoll *ep = to_eventpoll(f);
	size_t len = 0;

	mutex_lock(&ep->mu);
	for (u32 i = 0; i < ep->nr_buckets; i++) {
		struct epitem *it;

		list_for_each_entry (it, &ep->items[i], hash_node) {
			int n = snprintf(buf + len, size - len,
					 "tfd: %8d events: %8x data: %16llx\n", it->fd,
					 it->event.events, (unsigned long long)it->event.data.u64);

			if (n < 0 || (size_t)n >= size - len)
				break;
			len += (size_t)n;
		}
	}
	mutex_unlock(&ep->mu);
	return len;
}

static const struct file_ops epoll_ops = {
	.poll = epoll_poll,
	.show_fdinfo = epoll_fdinfo,
	.release = epoll_release,
	.anon_name = "eventpoll",
};

bool file_is_epoll(const struct file *f)
{
	return f->ops == &epoll_ops;
}

void epoll_init(void)
{
	mutex_init(&epoll_tree_mu, LOCK_EPOLL_TREE);
	file_hooks.epoll_release = file_released;
}

int epoll_create_file(struct file **ret)
{
	struct eventpoll *ep = kzalloc(sizeof(*ep));

	if (!ep)
		return -ENOMEM;
	ep->items = kcalloc(BUCKETS_MIN, sizeof(*ep->items));
	if (!ep->items) {
		kfree(ep);
		return -ENOMEM;
	}
	ep->nr_buckets = BUCKETS_MIN;
	for (u32 i = 0; i < BUCKETS_MIN; i++)
		list_init(&ep->items[i]);
	file_init(&ep->file, &epoll_ops, O_RDWR);
	mutex_init(&ep->mu, LOCK_EPOLL);
	list_init(&ep->ready);
	waitq_init(&ep->wait_wq);
	*ret = &ep->file;
	return 0;
}

/* How deep epolls stand inside @ep; beyond NESTS_MAX, or @avoid is met: NESTS_MAX + 1. */
static unsigned depth_below(struct eventpoll *ep, const struct eventpoll *avoid, unsigned level)
{
	unsigned deepest = 0;

	if (ep == avoid || level > NESTS_MAX)
		return NESTS_MAX + 1;
	mutex_lock_nested(&ep->mu);
	for (u32 i = 0; i < ep->nr_buckets && deepest <= NESTS_MAX; i++) {
		struct epitem *it;

		list_for_each_entry (it, &ep->items[i], hash_node) {
			unsigned d;

			if (!file_is_epoll(it->file))
				continue;
			d = 1 + depth_below(to_eventpoll(it->file), avoid, level + 1);
			deepest = max(deepest, d);
		}
	}
	mutex_unlock(&ep->mu);
	return min(deepest, NESTS_MAX + 1);
}

/* How deep @f stands inside other epolls; under epoll_tree_mu, so the list of epolls holds. */
static unsigned depth_above(struct file *f, unsigned level)
{
	unsigned highest = 0;
	struct epitem *it;

	if (level > NESTS_MAX)
		return NESTS_MAX + 1;
	/* An instance's items come and go under the tree lock when it is watched itself. */
	list_for_each_entry (it, &f->epolls, file_node)
		highest = max(highest, 1 + depth_above(&it->ep->file, level + 1));
	return min(highest, NESTS_MAX + 1);
}

/* May the epoll @inner be watched by @outer? */
static int check_nesting(struct eventpoll *outer, struct eventpoll *inner)
{
	if (1 + depth_below(inner, outer, 1) + depth_above(&outer->file, 1) > NESTS_MAX)
		return -ELOOP;
	return 0;
}

static int insert_locked(struct eventpoll *ep, struct file *f, int fd, const struct epoll_event *ev)
{
	struct epitem *it;

	if (__atomic_add_fetch(&nr_items, 1, __ATOMIC_RELAXED) > ITEMS_MAX) {
		__atomic_sub_fetch(&nr_items, 1, __ATOMIC_RELAXED);
		return -ENOSPC;
	}
	it = kzalloc(sizeof(*it));
	if (!it) {
		__atomic_sub_fetch(&nr_items, 1, __ATOMIC_RELAXED);
		return -ENOMEM;
	}
	*it = (struct epitem){.file = f, .fd = fd, .ep = ep, .event = *ev};
	list_init(&it->ready_node);
	waitq_entry_init_fn(&it->we, 0, on_wake);
	if (ep->nr_items >= ep->nr_buckets * 2)
		grow_locked(ep);
	list_add(&it->hash_node, bucket(ep, f, fd));
	ep->nr_items++;
	__atomic_store_n(&f->epoll_watched, true, __ATOMIC_RELEASE);
	spin_lock(&f->lock);
	list_add_tail(&it->file_node, &f->epolls);
	spin_unlock(&f->lock);
	if (ev->events & (u32)EPOLLEXCLUSIVE)
		waitq_add_exclusive(f->wq, &it->we);
	else
		waitq_add(f->wq, &it->we);
	if (epitem_poll(it))
		(void)epitem_set_ready(it);
	return 0;
}

int epoll_add(struct file *epf, struct file *f, int fd, const struct epoll_event *ev) NO_TSA
{
	struct eventpoll *ep = to_eventpoll(epf);
	struct epoll_event full = *ev;
	bool nested = file_is_epoll(f);
	int err = 0;

	if (ev->events & (u32)EPOLLEXCLUSIVE && (nested || ev->events & ~EXCLUSIVE_OK))
		return -EINVAL;
	if (!f->ops->poll)
		return -EPERM;
	full.events |= EPOLLERR | EPOLLHUP;
	if (nested) {
		mutex_lock(&epoll_tree_mu);
		err = check_nesting(ep, to_eventpoll(f));
	}
	mutex_lock(&ep->mu);
	if (!err)
		err = find_locked(ep, f, fd) ? -EEXIST : insert_locked(ep, f, fd, &full);
	mutex_unlock(&ep->mu);
	if (nested)
		mutex_unlock(&epoll_tree_mu);
	return err;
}

static int mod_locked(struct epitem *it, const struct epoll_event *ev)
{
	if (epitem_events(it) & (u32)EPOLLEXCLUSIVE || ev->events & (u32)EPOLLEXCLUSIVE)
		return -EINVAL;
	it->event.data = ev->data;
	/* Visible to on_wake() before we look: what comes later is queued by it. */
	epitem_set_events(it, ev->events | EPOLLERR | EPOLLHUP);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (epitem_poll(it))
		(void)epitem_set_ready(it);
	return 0;
}

int epoll_mod(struct file *epf, struct file *f, int fd, const struct epoll_event *ev)
{
	struct eventpoll *ep = to_eventpoll(epf);
	struct epitem *it;
	int err;

	mutex_lock(&ep->mu);
	it = find_locked(ep, f, fd);
	err = it ? mod_locked(it, ev) : -ENOENT;
	mutex_unlock(&ep->mu);
	return err;
}

int epoll_del(struct file *epf, struct file *f, int fd) NO_TSA
{
	struct eventpoll *ep = to_eventpoll(epf);
	bool nested = file_is_epoll(f);
	struct epitem *it;

	if (nested)
		mutex_lock(&epoll_tree_mu);
	mutex_lock(&ep->mu);
	it = find_locked(ep, f, fd);
	if (it)
		remove_locked(it);
	mutex_unlock(&ep->mu);
	if (nested)
		mutex_unlock(&epoll_tree_mu);
	return it ? 0 : -ENOENT;
}
