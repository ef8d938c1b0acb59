/*
 * File locks (flock.h).
 *
 * One unsorted list of each kind an inode: files have few locks.
 * Whoever must wait sleeps on the list's one queue and looks again.  POSIX locks
 * that would wait in a circle are refused: each waiter is written down with the
 * owner it waits for, and the chain is followed.
 *
 * Locks: list->mu (LOCK_FLOCK) guards the locks of an inode; waits_mu (LOCK_LEAF)
 * who waits for whom.
 */
#include "fs/flock.h"

#include <fcntl.h>
#include <sys/file.h>

#include "fs/file.h"
#include "fs/inode.h"
#include "fs/still.h"
#include "lib/alloc.h"

#define LOCKS_MAX 65536 /* in the sandbox: they stand in the sentry's memory */
#define CHAIN_MAX 10    /* as Linux's MAX_DEADLK_ITERATIONS */

struct flock_list {
	struct mutex mu;
	struct waitq wq;
	struct list_head flocks;  /* guarded by mu */
	struct list_head records; /* guarded by mu */
};

struct held {
	struct list_head node;
	struct record r; /* of an flock: whole range, owner the file */
};

/* A POSIX lock that somebody waits for. */
struct wait {
	struct list_head node;
	const void *waiter, *blocker;
};

static struct mutex waits_mu;
static struct list_head waits = LIST_HEAD_INIT(waits); /* guarded by waits_mu */
static s32 nr_locks;                                   /* atomic */

__attribute__((constructor)) static void waits_init(void)
{
	mutex_init(&waits_mu, LOCK_LEAF);
}

static struct flock_list *list_of(struct inode *inode)
{
	return __atomic_load_n(&inode->flocks, __ATOMIC_ACQUIRE);
}

static struct flock_list *list_make(struct inode *inode)
{
	struct flock_list *l = list_of(inode), *new;

	if (l)
		return l;
	new = kzalloc(sizeof(*new));
	if (!new)
		return NULL;
	mutex_init(&new->mu, LOCK_FLOCK);
	waitq_init(&new->wq);
	list_init(&new->flocks);
	list_init(&new->records);
	mutex_lock(&inode->mu);
	l = inode->flocks;
	if (!l) {
		l = steal(&new);
		__atomic_store_n(&inode->flocks, l, __ATOMIC_RELEASE);
	}
	mutex_unlock(&inode->mu);
	kfree(new);
	/* Whoever closes it from now on is waited for. */
	inode_stir(inode);
	return l;
}

void flock_inode_gone(struct inode *inode)
{
	assert(!inode->flocks ||
	       (list_empty(&inode->flocks->flocks) && list_empty(&inode->flocks->records)));
	kfree(inode->flocks);
}

static struct held *held_create(const struct record *r)
{
	struct held *h;

	if (__atomic_add_fetch(&nr_locks, 1, __ATOMIC_RELAXED) > LOCKS_MAX) {
		__atomic_sub_fetch(&nr_locks, 1, __ATOMIC_RELAXED);
		return NULL;
	}
	h = kzalloc(sizeof(*h));
	if (!h) {
		__atomic_sub_fetch(&nr_locks, 1, __ATOMIC_RELAXED);
		return NULL;
	}
	list_init(&h->node);
	h->r = *r;
	return h;
}

static void held_free(struct held *h)
{
	if (!h)
		return;
	list_del(&h->node);
	kfree(h);
	__atomic_sub_fetch(&nr_locks, 1, __ATOMIC_RELAXED);
}

static bool overlaps(const struct record *a, const struct record *b)
{
	return a->start <= b->end && b->start <= a->end;
}

/* The first lock of another that forbids @r. */
static struct held *blocker_locked(struct list_head *locks, const struct record *r)
{
	struct held *h;

	list_for_each_entry (h, locks, node) {
		if (h->r.owner != r->owner && overlaps(&h->r, r) &&
		    (h->r.type == F_WRLCK || r->type == F_WRLCK))
			return h;
	}
	return NULL;
}

static bool drop_owned_locked(struct list_head *locks, const void *owner)
{
	struct held *h, *n;
	bool any = false;

	list_for_each_entry_safe (h, n, locks, node) {
		if (h->r.owner == owner) {
			held_free(h);
			any = true;
		}
	}
	return any;
}

static int flock_wait_locked(struct flock_list *l, const struct record *r, bool wait) NO_TSA
{
	int err = 0;

	while (!err && blocker_locked(&l->flocks, r))
		err = wait ? waitq_wait_locked(&l->wq, 0, &l->mu) : -EAGAIN;
	return err;
}

static bool has_flock_locked(struct flock_list *l, const struct file *f, int type) NO_TSA
{
	struct held *h;

	list_for_each_entry (h, &l->flocks, node) {
		if (h->r.owner == f)
			return h->r.type == type;
	}
	return false;
}

int flock_set(struct file *f, int op)
{
	struct record r = {.end = INT64_MAX, .owner = f};
	struct flock_list *l = f->inode ? list_make(f->inode) : NULL;
	struct held *h = NULL;
	bool dropped = false;
	int err = 0;

	switch (op & ~LOCK_NB) {
	case LOCK_SH:
		r.type = F_RDLCK;
		break;
	case LOCK_EX:
		r.type = F_WRLCK;
		break;
	case LOCK_UN:
		r.type = F_UNLCK;
		break;
	default:
		return -EINVAL;
	}
	if (r.type != F_UNLCK)
		h = held_create(&r);
	if (!l || (r.type != F_UNLCK && !h)) {
		held_free(h);
		return -ENOLCK;
	}
	mutex_lock(&l->mu);
	if (!has_flock_locked(l, f, r.type)) {
		dropped = drop_owned_locked(&l->flocks, f);
		if (h)
			err = flock_wait_locked(l, &r, !(op & LOCK_NB));
		if (h && !err)
			list_add_tail(&steal(&h)->node, &l->flocks);
	}
	mutex_unlock(&l->mu);
	if (dropped)
		waitq_wake_all(&l->wq);
	held_free(h);
	return err;
}

/* Does @blocker wait, through others, for @waiter? */
static bool circle_locked(const void *waiter, const void *blocker)
{
	for (int i = 0; i < CHAIN_MAX; i++) {
		const void *next = NULL;
		struct wait *w;

		list_for_each_entry (w, &waits, node) {
			if (w->waiter == blocker)
				next = w->blocker;
		}
		if (!next)
			return false;
		if (next == waiter)
			return true;
		blocker = next;
	}
	return false;
}

/* One sleep for @h to go, unless that would never be. */
static int record_sleep_locked(struct flock_list *l, const struct record *r,
			       const struct held *h) NO_TSA
{
	struct wait w = {.waiter = r->owner, .blocker = h->r.owner};
	bool follow = !r->ofd && !h->r.ofd, circle = false;
	int err;

	list_init(&w.node);
	if (follow) {
		mutex_lock(&waits_mu);
		circle = circle_locked(w.waiter, w.blocker);
		if (!circle)
			list_add_tail(&w.node, &waits);
		mutex_unlock(&waits_mu);
	}
	if (circle)
		return -EDEADLK;
	err = waitq_wait_locked(&l->wq, 0, &l->mu);
	if (follow) {
		mutex_lock(&waits_mu);
		list_del(&w.node);
		mutex_unlock(&waits_mu);
	}
	return err;
}

static int record_wait_locked(struct flock_list *l, const struct record *r, bool wait) NO_TSA
{
	const struct held *h;
	int err = 0;

	while (!err && (h = blocker_locked(&l->records, r)))
		err = wait ? record_sleep_locked(l, r, h) : -EAGAIN;
	return err;
}

/* Same owner and kind, and no byte between them. */
static bool joins(const struct record *a, const struct record *b)
{
	return a->type == b->type && (a->end == INT64_MAX || a->end + 1 >= b->start) &&
	       (b->end == INT64_MAX || b->end + 1 >= a->start);
}

/*
 * Make room for @r among the locks of its owner: what it joins becomes part of
 * it, what it covers is cut.  @right: a spare for a lock that is cut in two.
 */
static void cut_locked(struct flock_list *l, struct record *r, struct held **right) NO_TSA
{
	struct held *h, *n;

	list_for_each_entry_safe (h, n, &l->records, node) {
		if (h->r.owner != r->owner)
			continue;
		if (r->type != F_UNLCK && joins(&h->r, r)) {
			r->start = min(r->start, h->r.start);
			r->end = max(r->end, h->r.end);
			held_free(h);
		} else if (!overlaps(&h->r, r)) {
			continue;
		} else if (h->r.start < r->start && h->r.end > r->end) {
			(*right)->r = h->r;
			(*right)->r.start = r->end + 1;
			h->r.end = r->start - 1;
			list_add(&steal(right)->node, &h->node);
		} else if (h->r.start < r->start) {
			h->r.end = r->start - 1;
		} else if (h->r.end > r->end) {
			h->r.start = r->end + 1;
		} else {
			held_free(h);
		}
	}
}

int record_set(struct file *f, const struct record *r, bool wait)
{
	struct flock_list *l = list_make(f->inode);
	struct held *new = held_create(r), *right = held_create(r);
	int err = 0;

	if (!l || !new || !right) {
		held_free(new);
		held_free(right);
		return -ENOLCK;
	}
	mutex_lock(&l->mu);
	if (r->type != F_UNLCK)
		err = record_wait_locked(l, r, wait);
	if (!err) {
		cut_locked(l, &new->r, &right);
		if (r->type != F_UNLCK)
			list_add_tail(&steal(&new)->node, &l->records);
	}
	mutex_unlock(&l->mu);
	held_free(new);
	held_free(right);
	/* A read lock in place of a write lock lets others in, too. */
	if (!err)
		waitq_wake_all(&l->wq);
	return err;
}

void record_test(struct file *f, const struct record *r, struct record *ret)
{
	struct flock_list *l = list_of(f->inode);
	const struct held *h = NULL;

	*ret = *r;
	ret->type = F_UNLCK;
	if (!l)
		return;
	mutex_lock(&l->mu);
	h = blocker_locked(&l->records, r);
	if (h)
		*ret = h->r;
	mutex_unlock(&l->mu);
}

static void drop(struct inode *inode, const void *owner, bool flocks)
{
	struct flock_list *l = list_of(inode);
	bool any;

	if (likely(!l))
		return;
	mutex_lock(&l->mu);
	any = drop_owned_locked(&l->records, owner);
	if (flocks)
		any |= drop_owned_locked(&l->flocks, owner);
	mutex_unlock(&l->mu);
	if (any)
		waitq_wake_all(&l->wq);
}

void flock_owner_gone(struct file *f, const void *owner)
{
	drop(f->inode, owner, false);
}

void flock_file_gone(struct file *f)
{
	drop(f->inode, f, true);
}
