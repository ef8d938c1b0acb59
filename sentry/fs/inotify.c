/*
 * inotify (inotify.h) and what feeds it (fsnotify.h).
 *
 * A watch ties an inode to a queue: it stands on a list of the inode and on one
 * of the queue, and holds the inode, so that the file is the same one when it is
 * looked up again.  An event that equals the last one waiting is left out.
 *
 *	inode --marks--> watches --inode (counted)-->
 *	inotify --watches--> watch --in (weak)-->
 *
 * Locks: marks_mu (LOCK_FSNOTIFY) guards all watches and the lists they are on;
 * in->mu guards a queue and is taken under it.
 */
#include "fs/inotify.h"

#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>

#include "fs/dcache.h"
#include "fs/file.h"
#include "fs/fsnotify.h"
#include "fs/inode.h"
#include "fs/super.h"
#include "kernel/task.h"
#include "lib/alloc.h"
#include "mm/uaccess.h"

#define INSTANCES_MAX 1024
#define WATCHES_MAX   65536
#define EVENTS_MAX    16384
#define KEPT_FLAGS    (IN_ONESHOT | IN_EXCL_UNLINK)

struct fsnotify_marks {
	struct list_head watches;
};

struct inotify {
	struct file file; /* base; in_release() frees the whole */

	struct list_head watches; /* marks_mu */
	int next_wd;              /* marks_mu */

	struct mutex mu;         /* LOCK_EVENTFD */
	struct list_head events; /* guarded by mu */
	u32 nr_events;           /* guarded by mu */
	size_t nr_bytes;         /* guarded by mu: as read(2) gives them */
};

struct watch {
	struct list_head inode_node, in_node; /* marks_mu */
	struct inode *inode;                  /* counted */
	struct inotify *in;                   /* weak: it removes its watches */
	int wd;
	u32 mask; /* marks_mu */
};

struct event {
	struct list_head node;
	struct inotify_event e; /* e.len: with the zeros after the name */
	u32 name_len;
	char name[];
};

u32 fsnotify_nr_watches;
static u32 nr_instances; /* atomic */
static struct mutex marks_mu;
static const struct file_ops inotify_ops;

__attribute__((constructor)) static void marks_init(void)
{
	mutex_init(&marks_mu, LOCK_FSNOTIFY);
}

static struct inotify *to_inotify(struct file *f)
{
	return container_of(f, struct inotify, file);
}

bool file_is_inotify(const struct file *f)
{
	return f->ops == &inotify_ops;
}

static bool same_as_last_locked(struct inotify *in, const struct event *ev) NO_TSA
{
	const struct event *last;

	if (list_empty(&in->events))
		return false;
	last = list_last_entry(&in->events, struct event, node);
	return last->e.wd == ev->e.wd && last->e.mask == ev->e.mask &&
	       last->e.cookie == ev->e.cookie && last->name_len == ev->name_len &&
	       memcmp(last->name, ev->name, ev->name_len) == 0;
}

static struct event *event_create(int wd, u32 mask, u32 cookie, const struct qname *name)
{
	u32 len = name ? name->len : 0;
	struct event *ev = kzalloc(sizeof(*ev) + len);

	if (!ev)
		return NULL;
	ev->e = (struct inotify_event){.wd = wd, .mask = mask, .cookie = cookie};
	if (name)
		ev->e.len = (u32)ALIGN_UP(len + 1, sizeof(struct inotify_event));
	ev->name_len = len;
	memcpy(ev->name, name ? name->str : "", len);
	return ev;
}

/* Queue an event; one that memory is short for, or too many, is told as an overflow. */
static void queue(struct inotify *in, int wd, u32 mask, u32 cookie, const struct qname *name)
{
	struct event *ev = event_create(wd, mask, cookie, name);
	bool queued = false;

	if (!ev)
		return;
	mutex_lock(&in->mu);
	if (in->nr_events >= EVENTS_MAX) {
		ev->e = (struct inotify_event){.wd = -1, .mask = IN_Q_OVERFLOW};
		ev->name_len = 0;
	}
	if (in->nr_events <= EVENTS_MAX && !same_as_last_locked(in, ev)) {
		list_add_tail(&ev->node, &in->events);
		in->nr_events++;
		in->nr_bytes += sizeof(ev->e) + ev->e.len;
		queued = true;
	}
	mutex_unlock(&in->mu);
	if (queued)
		file_wake(&in->file, EPOLLIN | EPOLLRDNORM);
	else
		kfree(ev);
}

/* Take @w off both lists; it and its inode are the caller's, to free unlocked. */
static void detach_locked(struct watch *w) NO_TSA
{
	struct fsnotify_marks *marks = w->inode->marks;

	list_del(&w->inode_node);
	list_del(&w->in_node);
	if (list_empty(&marks->watches)) {
		__atomic_store_n(&w->inode->marks, NULL, __ATOMIC_RELEASE);
		kfree(marks);
	}
	__atomic_sub_fetch(&fsnotify_nr_watches, 1, __ATOMIC_RELAXED);
}

static void free_watches(struct list_head *gone)
{
	while (!list_empty(gone)) {
		struct watch *w = list_first_entry(gone, struct watch, in_node);

		list_del(&w->in_node);
		inode_put(w->inode);
		kfree(w);
	}
}

static void end_watch_locked(struct watch *w, struct list_head *gone) NO_TSA
{
	queue(w->in, w->wd, IN_IGNORED, 0, NULL);
	detach_locked(w);
	list_add_tail(&w->in_node, gone);
}

/*
 * Tell the watches of @inode.
 * @name: when @inode is the directory of what it happened to
 * @unlinked: what it happened to has no name any more
 */
static void tell(struct inode *inode, u32 mask, u32 cookie, const struct qname *name, bool unlinked)
{
	struct list_head gone = LIST_HEAD_INIT(gone);
	struct watch *w, *n;

	if (!__atomic_load_n(&inode->marks, __ATOMIC_ACQUIRE))
		return;
	mutex_lock(&marks_mu);
	if (inode->marks) {
		struct list_head *watches = &inode->marks->watches;

		list_for_each_entry_safe (w, n, watches, inode_node) {
			bool last = n == w || &n->inode_node == watches;

			if (!(w->mask & mask & IN_ALL_EVENTS) ||
			    (unlinked && w->mask & IN_EXCL_UNLINK))
				continue;
			queue(w->in, w->wd, mask, cookie, name);
			if (w->mask & IN_ONESHOT)
				end_watch_locked(w, &gone);
			if (last)
				break;
		}
	}
	mutex_unlock(&marks_mu);
	free_watches(&gone);
}

static u32 with_isdir(const struct inode *inode, u32 mask)
{
	return inode && inode_is_dir(inode) ? mask | IN_ISDIR : mask;
}

void fsnotify_tell_inode(struct inode *inode, u32 mask)
{
	tell(inode, with_isdir(inode, mask), 0, NULL, false);
}

void fsnotify_tell_name(struct inode *dir, u32 mask, const struct qname *name, struct inode *inode,
			u32 cookie)
{
	tell(dir, with_isdir(inode, mask), cookie, name, false);
}

void fsnotify_tell_dentry(struct dentry *d, u32 mask)
{
	struct dcache *dc = d->super->dcache;
	cleanup_dentry struct dentry *parent = NULL;
	char buf[NAME_LEN_MAX];
	struct qname name = {.str = buf};
	bool unlinked;

	mutex_lock(&dc->mu);
	parent = d->parent == d ? NULL : dentry_get(d->parent);
	name.len = min(d->name.len, (u32)sizeof(buf));
	memcpy(buf, d->name.str, name.len);
	unlinked = d->flags & DENTRY_DELETED;
	mutex_unlock(&dc->mu);
	mask = with_isdir(d->inode, mask);
	if (parent && parent->inode)
		tell(parent->inode, mask, 0, &name, unlinked);
	tell(d->inode, mask, 0, NULL, false);
}

void fsnotify_file(struct file *f, u32 mask)
{
	if (fsnotify_anybody() && f->path.dentry && !(f->mode & FMODE_PATH))
		fsnotify_tell_dentry(f->path.dentry, mask);
}

u32 fsnotify_cookie(void)
{
	static u32 next;

	return __atomic_add_fetch(&next, 1, __ATOMIC_RELAXED);
}

void fsnotify_inode_gone(struct inode *inode)
{
	struct list_head gone = LIST_HEAD_INIT(gone);

	if (!fsnotify_anybody() || !__atomic_load_n(&inode->marks, __ATOMIC_ACQUIRE))
		return;
	fsnotify_inode(inode, IN_DELETE_SELF);
	mutex_lock(&marks_mu);
	while (inode->marks)
		end_watch_locked(list_first_entry(&inode->marks->watches, struct watch, inode_node),
				 &gone);
	mutex_unlock(&marks_mu);
	free_watches(&gone);
}

static struct watch *find_locked(struct inotify *in, const struct inode *inode, int wd) NO_TSA
{
	struct watch *w;

	list_for_each_entry (w, &in->watches, in_node) {
		if (inode ? w->inode == inode : w->wd == wd)
			return w;
	}
	return NULL;
}

static int change_locked(struct watch *w, u32 mask) NO_TSA
{
	u32 keep = mask & (IN_ALL_EVENTS | KEPT_FLAGS);

	if (mask & IN_MASK_CREATE)
		return -EEXIST;
	w->mask = mask & IN_MASK_ADD ? w->mask | keep : keep;
	return w->wd;
}

/* Attach @w; it and @marks (if the inode has none yet) are used up on success. */
static int attach_locked(struct inotify *in, struct watch *w, struct fsnotify_marks **marks) NO_TSA
{
	struct inode *inode = w->inode;

	if (fsnotify_nr_watches >= WATCHES_MAX)
		return -ENOSPC;
	if (!inode->marks) {
		list_init(&(*marks)->watches);
		__atomic_store_n(&inode->marks, steal(marks), __ATOMIC_RELEASE);
	}
	w->wd = in->next_wd++;
	list_add_tail(&w->inode_node, &inode->marks->watches);
	list_add_tail(&w->in_node, &in->watches);
	__atomic_add_fetch(&fsnotify_nr_watches, 1, __ATOMIC_RELAXED);
	return w->wd;
}

int inotify_watch(struct file *f, struct inode *inode, u32 mask)
{
	struct inotify *in = to_inotify(f);
	struct fsnotify_marks *marks = kzalloc(sizeof(*marks));
	struct watch *w = kzalloc(sizeof(*w)), *old;
	int ret = -ENOMEM;

	if (w && marks) {
		*w = (struct watch){.inode = inode, .in = in};
		w->mask = mask & (IN_ALL_EVENTS | KEPT_FLAGS);
		mutex_lock(&marks_mu);
		old = find_locked(in, inode, 0);
		ret = old ? change_locked(old, mask) : attach_locked(in, w, &marks);
		if (!old && ret >= 0) {
			inode_get(inode);
			w = NULL;
		}
		mutex_unlock(&marks_mu);
	}
	kfree(w);
	kfree(marks);
	return ret;
}

int inotify_unwatch(struct file *f, int wd)
{
	struct list_head gone = LIST_HEAD_INIT(gone);
	struct watch *w;

	mutex_lock(&marks_mu);
	w = find_locked(to_inotify(f), NULL, wd);
	if (w)
		end_watch_locked(w, &gone);
	mutex_unlock(&marks_mu);
	free_watches(&gone);
	return w ? 0 : -EINVAL;
}

/* The first event if it fits @room; the caller's.  NULL: none does. */
static struct event *take_locked(struct inotify *in, size_t room) NO_TSA
{
	struct event *ev;

	if (list_empty(&in->events))
		return NULL;
	ev = list_first_entry(&in->events, struct event, node);
	if (sizeof(ev->e) + ev->e.len > room)
		return NULL;
	list_del(&ev->node);
	in->nr_events--;
	in->nr_bytes -= sizeof(ev->e) + ev->e.len;
	return ev;
}

static int copy_event(struct iov_iter *dst, const struct event *ev)
{
	int err = copy_to_iter(dst, &ev->e, sizeof(ev->e));
	size_t zeros = ev->e.len - ev->name_len;

	if (!err && ev->e.len) {
		err = copy_to_iter(dst, ev->name, ev->name_len);
		if (!err && iov_iter_zero(dst, zeros) != (ssize_t)zeros)
			err = -EFAULT;
	}
	return err;
}

static ssize_t in_read(struct file *f, struct iov_iter *dst, off_t *pos)
{
	struct inotify *in = to_inotify(f);
	size_t start = iov_iter_count(dst);
	struct event *ev;
	int err = 0;

	(void)pos;
	for (;;) {
		mutex_lock(&in->mu);
		while (!err && list_empty(&in->events) && iov_iter_count(dst) == start)
			err = file_wait_locked(f, EPOLLIN, &in->mu);
		ev = err ? NULL : take_locked(in, iov_iter_count(dst));
		mutex_unlock(&in->mu);
		if (!ev)
			break;
		err = copy_event(dst, ev);
		kfree(ev);
		if (err)
			break;
	}
	if (iov_iter_count(dst) < start)
		return (ssize_t)(start - iov_iter_count(dst));
	return err ? err : -EINVAL;
}

static poll_t in_poll(struct file *f)
{
	struct inotify *in = to_inotify(f);
	poll_t ready;

	mutex_lock(&in->mu);
	ready = list_empty(&in->events) ? 0 : EPOLLIN | EPOLLRDNORM;
	mutex_unlock(&in->mu);
	return ready;
}

static long in_ioctl(struct file *f, struct task *t, unsigned cmd, u64 arg)
{
	struct inotify *in = to_inotify(f);
	int n;

	if (cmd != FIONREAD)
		return -ENOTTY;
	mutex_lock(&in->mu);
	n = (int)in->nr_bytes;
	mutex_unlock(&in->mu);
	return copy_to_user(t, arg, &n, sizeof(n));
}

static size_t in_show_fdinfo(struct file *f, char *buf, size_t size)
{
	struct watch *w;
	size_t len = 0;

	mutex_lock(&marks_mu);
	list_for_each_entry (w, &to_inotify(f)->watches, in_node) {
		int n = snprintf(len < size ? buf + len : NULL, len < size ? size - len : 0,
				 "inotify wd:%x ino:%llx sdev:%llx mask:%x ignored_mask:0\n", w->wd,
				 (unsigned long long)w->inode->ino,
				 (unsigned long long)w->inode->super->dev, w->mask);

		len += n > 0 ? (size_t)n : 0;
	}
	mutex_unlock(&marks_mu);
	return len;
}

static void in_release(struct file *f)
{
	struct inotify *in = to_inotify(f);
	struct list_head gone = LIST_HEAD_INIT(gone);
	struct event *ev;

	mutex_lock(&marks_mu);
	while (!list_empty(&in->watches)) {
		struct watch *w = list_first_entry(&in->watches, struct watch, in_node);

		detach_locked(w);
		list_add_tail(&w->in_node, &gone);
	}
	mutex_unlock(&marks_mu);
	free_watches(&gone);
	while (!list_empty(&in->events)) {
		ev = list_first_entry(&in->events, struct event, node);
		list_del(&ev->node);
		kfree(ev);
	}
	__atomic_sub_fetch(&nr_instances, 1, __ATOMIC_RELAXED);
	kfree(in);
}

static const struct file_ops inotify_ops = {
	.read = in_read,
	.poll = in_poll,
	.ioctl = in_ioctl,
	.show_fdinfo = in_show_fdinfo,
	.release = in_release,
	.anon_name = "inotify",
};

int inotify_create(int flags, struct file **ret)
{
	struct inotify *in;

	if (__atomic_add_fetch(&nr_instances, 1, __ATOMIC_RELAXED) > INSTANCES_MAX) {
		__atomic_sub_fetch(&nr_instances, 1, __ATOMIC_RELAXED);
		return -EMFILE;
	}
	in = kzalloc(sizeof(*in));
	if (!in) {
		__atomic_sub_fetch(&nr_instances, 1, __ATOMIC_RELAXED);
		return -ENOMEM;
	}
	file_init(&in->file, &inotify_ops, O_RDONLY | (flags & IN_NONBLOCK ? O_NONBLOCK : 0));
	mutex_init(&in->mu, LOCK_EVENTFD);
	list_init(&in->watches);
	list_init(&in->events);
	in->next_wd = 1;
	*ret = &in->file;
	return 0;
}
