/*
 * The tree of mounts (mount.h).
 *
 * A hash table of (parent mount, dentry) finds what stands on a place.  It is
 * read under a spinlock of its own, so that a path walk that meets a mount point
 * takes no mutex.
 *
 * Locks: changes hold ns->mu and mount_lock; nothing is put under the spinlock.
 */
#include "fs/mount.h"

#include <stdio.h>
#include <string.h>
#include <sys/mount.h>

#include "fs/dcache.h"
#include "fs/still.h"
#include "fs/super.h"
#include "lib/alloc.h"

#define MOUNT_BUCKETS 256
#define MOUNTS_MAX    10000 /* fs.mount-max is 100000 */

static struct spinlock mount_lock;
static struct mount *buckets[MOUNT_BUCKETS]; /* guarded by mount_lock */
static u32 next_id = 20;                     /* atomic; Linux's first ones are used up too */

static struct mount **bucket_of(const struct mount *parent, const struct dentry *d)
{
	u64 h = ((u64)(uintptr_t)parent >> 4) ^ ((u64)(uintptr_t)d >> 6);

	h *= 0x9e3779b97f4a7c15ull;
	return &buckets[h >> 56];
}

int mount_create(struct super *super, struct dentry *root, const char *source, u32 flags,
		 struct mount **ret)
{
	struct mount *mnt = kzalloc(sizeof(*mnt));

	if (!mnt)
		return -ENOMEM;
	mnt->source = kstrdup(source);
	if (!mnt->source) {
		kfree(mnt);
		return -ENOMEM;
	}
	ref_init(&mnt->ref);
	mnt->id = __atomic_add_fetch(&next_id, 1, __ATOMIC_RELAXED);
	mnt->flags = flags;
	mnt->super = super_get(super);
	mnt->root = dentry_get(root ? root : super->root);
	list_init(&mnt->children);
	list_init(&mnt->sibling);
	list_init(&mnt->ns_node);
	__atomic_add_fetch(&super->nr_mounts, 1, __ATOMIC_RELAXED);
	*ret = mnt;
	return 0;
}

struct mount *mount_get(struct mount *mnt)
{
	ref_get(&mnt->ref);
	return mnt;
}

void mount_put(struct mount *mnt)
{
	struct super *super;

	if (!ref_put(&mnt->ref))
		return;
	super = mnt->super;
	dentry_put(mnt->root);
	kfree(mnt->source);
	kfree(mnt);
	if (__atomic_sub_fetch(&super->nr_mounts, 1, __ATOMIC_ACQ_REL) == 0)
		super_shutdown(super);
	super_put(super);
}

struct mount *mount_at(struct mount *mnt, struct dentry *d)
{
	struct mount *m;

	if (likely(!__atomic_load_n(&d->mounted, __ATOMIC_ACQUIRE)))
		return NULL;
	spin_lock(&mount_lock);
	m = *bucket_of(mnt, d);
	while (m && !(m->parent == mnt && m->mountpoint == d))
		m = m->hash_next;
	if (m)
		mount_get(m);
	spin_unlock(&mount_lock);
	return m;
}

bool mount_point(struct mount *mnt, struct path *ret)
{
	bool found;

	spin_lock(&mount_lock);
	found = mnt->parent;
	if (found)
		*ret = path_get(&(struct path){mnt->parent, mnt->mountpoint});
	spin_unlock(&mount_lock);
	return found;
}

bool mount_is_rdonly(const struct mount *mnt)
{
	return mnt && (mount_flags(mnt) & MNT_RDONLY || super_is_rdonly(mnt->super));
}

/* Put @mnt where @at says: the tree holds it from now on.  ns->mu and mount_lock are held. */
static void link_locked(struct mount *mnt, const struct path *at)
{
	struct mount **pp = bucket_of(at->mnt, at->dentry);

	still_broken();
	mount_get(mnt);
	mnt->parent = mount_get(at->mnt);
	mnt->mountpoint = dentry_get(at->dentry);
	__atomic_add_fetch(&at->dentry->mounted, 1, __ATOMIC_RELEASE);
	mnt->hash_next = *pp;
	*pp = mnt;
	list_add_tail(&mnt->sibling, &at->mnt->children);
	still_broken();
}

/*
 * The opposite.  What it stood on is the caller's to put after unlocking, and,
 * unless that is PATH_NONE, so is the tree's reference of @mnt.
 */
static struct path unlink_locked(struct mount *mnt)
{
	struct path at = {mnt->parent, mnt->mountpoint};
	struct mount **pp;

	if (!at.mnt)
		return at;
	still_broken();
	pp = bucket_of(at.mnt, at.dentry);
	while (*pp != mnt)
		pp = &(*pp)->hash_next;
	*pp = mnt->hash_next;
	__atomic_sub_fetch(&at.dentry->mounted, 1, __ATOMIC_RELEASE);
	list_del(&mnt->sibling);
	mnt->parent = NULL;
	mnt->mountpoint = NULL;
	still_broken();
	return at;
}

static void join_ns_locked(struct mnt_ns *ns, struct mount *mnt)
{
	mnt->ns = ns;
	list_add_tail(&mnt->ns_node, &ns->list);
	ns->nr++;
	__atomic_add_fetch(&ns->event, 1, __ATOMIC_RELAXED);
}

int mnt_ns_create(struct mount *root, struct mnt_ns **ret)
{
	struct mnt_ns *ns = kzalloc(sizeof(*ns));

	if (!ns)
		return -ENOMEM;
	ref_init(&ns->ref);
	mutex_init(&ns->mu, LOCK_MOUNTS);
	list_init(&ns->list);
	ns->root = mount_get(root);
	mutex_lock(&ns->mu);
	join_ns_locked(ns, root);
	mutex_unlock(&ns->mu);
	*ret = ns;
	return 0;
}

struct mnt_ns *mnt_ns_get(struct mnt_ns *ns)
{
	ref_get(&ns->ref);
	return ns;
}

static int can_attach_locked(const struct mount *mnt, const struct path *at)
{
	struct mnt_ns *ns = at->mnt->ns;

	if (!ns)
		return -EINVAL;
	if (ns->nr >= MOUNTS_MAX)
		return -ENOSPC;
	if (inode_is_dir(mnt->root->inode) != inode_is_dir(at->dentry->inode))
		return -ENOTDIR;
	return d_is_deleted(at) ? -ENOENT : 0;
}

/* Every namespace is the sandbox's one today, so at->mnt->ns is stable. */
static struct mnt_ns *ns_of(struct mount *mnt)
{
	struct mnt_ns *ns;

	spin_lock(&mount_lock);
	ns = mnt->ns;
	spin_unlock(&mount_lock);
	return ns;
}

/* The mounts of a tree, parents first: @mnt is on @list already through ns_node. */
static void collect_locked(struct mount *mnt, struct list_head *list)
{
	struct mount *m, *child;

	list_move_tail(&mnt->ns_node, list);
	list_for_each_entry (m, list, ns_node) {
		list_for_each_entry (child, &m->children, sibling)
			list_move_tail(&child->ns_node, list);
	}
}

int mount_attach(struct mount *mnt, const struct path *at)
{
	struct mnt_ns *ns = ns_of(at->mnt);
	struct list_head tree = LIST_HEAD_INIT(tree);
	struct mount *m;
	int err;

	if (!ns)
		return -EINVAL;
	mutex_lock(&ns->mu);
	err = can_attach_locked(mnt, at);
	if (!err) {
		spin_lock(&mount_lock);
		link_locked(mnt, at);
		collect_locked(mnt, &tree);
		while (!list_empty(&tree)) {
			m = list_first_entry(&tree, struct mount, ns_node);
			list_del(&m->ns_node);
			join_ns_locked(ns, m);
		}
		spin_unlock(&mount_lock);
	}
	mutex_unlock(&ns->mu);
	return err;
}

/* Take the mounts of @tree, parents first, out of @ns (NULL: of none) and apart. */
static void dissolve(struct mnt_ns *ns, struct list_head *tree) NO_TSA
{
	while (!list_empty(tree)) {
		struct mount *m = list_last_entry(tree, struct mount, ns_node);
		cleanup_path struct path at = PATH_NONE;

		if (ns)
			mutex_lock(&ns->mu);
		spin_lock(&mount_lock);
		list_del(&m->ns_node);
		at = unlink_locked(m);
		m->ns = NULL;
		spin_unlock(&mount_lock);
		if (ns) {
			ns->nr--;
			__atomic_add_fetch(&ns->event, 1, __ATOMIC_RELAXED);
			mutex_unlock(&ns->mu);
		}
		if (at.mnt)
			mount_put(m);
	}
}

void mnt_ns_put(struct mnt_ns *ns)
{
	struct list_head tree = LIST_HEAD_INIT(tree);

	if (!ref_put(&ns->ref))
		return;
	mutex_lock(&ns->mu);
	collect_locked(ns->root, &tree);
	mutex_unlock(&ns->mu);
	dissolve(ns, &tree);
	mount_put(ns->root);
	kfree(ns);
}

/* The tree's reference and the caller's are all there may be. */
static bool busy_locked(struct mount *mnt)
{
	return !list_empty(&mnt->children) || ref_read(&mnt->ref) > 2;
}

int mount_detach(struct mount *mnt, int flags)
{
	struct list_head tree = LIST_HEAD_INIT(tree);
	struct mnt_ns *ns = ns_of(mnt);
	int err = 0;

	if (!ns)
		return -EINVAL;
	mutex_lock(&ns->mu);
	if (mnt->ns != ns || mnt == ns->root || mount_flags(mnt) & MNT_LOCKED)
		err = -EINVAL;
	else if (!(flags & MNT_DETACH) && busy_locked(mnt))
		err = -EBUSY;
	else
		collect_locked(mnt, &tree);
	mutex_unlock(&ns->mu);
	if (!err)
		dissolve(ns, &tree);
	return err;
}

static bool is_below_locked(const struct mount *m, const struct mount *top)
{
	while (m && m != top)
		m = m->parent;
	return m;
}

int mount_move(struct mount *mnt, const struct path *at)
{
	cleanup_path struct path old = PATH_NONE;
	struct mnt_ns *ns = ns_of(mnt);
	int err;

	if (!ns || ns != ns_of(at->mnt))
		return -EINVAL;
	mutex_lock(&ns->mu);
	err = can_attach_locked(mnt, at);
	if (!err && (mnt == ns->root || mount_flags(mnt) & MNT_LOCKED))
		err = -EINVAL;
	if (!err && is_below_locked(at->mnt, mnt))
		err = -ELOOP;
	if (!err) {
		spin_lock(&mount_lock);
		old = unlink_locked(mnt);
		link_locked(mnt, at);
		spin_unlock(&mount_lock);
		__atomic_add_fetch(&ns->event, 1, __ATOMIC_RELAXED);
	}
	mutex_unlock(&ns->mu);
	return err;
}

/* A mount and its copy, in the queue of copy_below(). */
struct bind_pair {
	struct list_head node;
	struct mount *old, *copy;
};

static int queue_pair(struct list_head *queue, struct mount *old, struct mount *copy)
{
	struct bind_pair *pair = kzalloc(sizeof(*pair));

	if (!pair)
		return -ENOMEM;
	pair->old = old;
	pair->copy = copy;
	list_add_tail(&pair->node, queue);
	return 0;
}

/* Copy @old and let it stand in the tree of @parent, which then holds it. */
static int copy_child(struct mount *old, struct mount *parent, struct list_head *queue)
{
	cleanup_mount struct mount *copy = NULL;
	struct path at = {parent, old->mountpoint};
	int err = mount_create(old->super, old->root, old->source, old->flags, &copy);

	if (err)
		return err;
	spin_lock(&mount_lock);
	link_locked(copy, &at);
	spin_unlock(&mount_lock);
	return queue_pair(queue, old, copy);
}

/* Copy the mounts below @from onto @top.  A queue, for the guest chooses the depth. */
static int copy_below(const struct path *from, struct mount *top)
{
	struct list_head queue = LIST_HEAD_INIT(queue);
	struct bind_pair *pair;
	struct mount *child;
	int err = queue_pair(&queue, from->mnt, top);

	while (!list_empty(&queue)) {
		pair = list_first_entry(&queue, struct bind_pair, node);
		list_for_each_entry (child, &pair->old->children, sibling) {
			if (!err && dentry_is_below(child->mountpoint, pair->copy->root))
				err = copy_child(child, pair->copy, &queue);
		}
		list_del(&pair->node);
		kfree(pair);
	}
	return err;
}

static bool hides_something_locked(const struct path *from)
{
	struct mount *child;

	list_for_each_entry (child, &from->mnt->children, sibling) {
		if (mount_flags(child) & MNT_LOCKED &&
		    dentry_is_below(child->mountpoint, from->dentry))
			return true;
	}
	return false;
}

int mount_bind(const struct path *from, bool recursive, struct mount **ret)
{
	cleanup_mount struct mount *mnt = NULL;
	struct mnt_ns *ns = ns_of(from->mnt);
	struct list_head tree = LIST_HEAD_INIT(tree);
	int err;

	if (!ns)
		return -EINVAL;
	err = mount_create(from->mnt->super, from->dentry, from->mnt->source,
			   mount_flags(from->mnt) & ~MNT_LOCKED, &mnt);
	if (err)
		return err;
	mutex_lock(&ns->mu);
	if (recursive)
		err = copy_below(from, mnt);
	else if (hides_something_locked(from))
		err = -EINVAL;
	if (err)
		collect_locked(mnt, &tree);
	mutex_unlock(&ns->mu);
	dissolve(NULL, &tree);
	if (err)
		return err;
	*ret = steal(&mnt);
	return 0;
}

int mnt_ns_for_each(struct mnt_ns *ns, int (*fn)(struct mount *mnt, void *arg), void *arg)
{
	struct mount *m;
	int err = 0;

	mutex_lock(&ns->mu);
	list_for_each_entry (m, &ns->list, ns_node) {
		err = fn(m, arg);
		if (err)
			break;
	}
	mutex_unlock(&ns->mu);
	return err;
}

/* The supers are collected first: they sync without the lock. */
void mnt_ns_sync(struct mount *mnt)
{
	struct mnt_ns *ns = ns_of(mnt);
	cleanup_free struct super **supers = NULL;
	struct mount *m;
	u32 nr = 0;

	if (!ns)
		return;
	mutex_lock(&ns->mu);
	supers = kcalloc(ns->nr, sizeof(*supers));
	if (supers) {
		list_for_each_entry (m, &ns->list, ns_node) {
			if (m->super->ops->sync)
				supers[nr++] = super_get(m->super);
		}
	}
	mutex_unlock(&ns->mu);
	for (u32 i = 0; i < nr; i++) {
		(void)!supers[i]->ops->sync(supers[i]);
		super_put(supers[i]);
	}
}

size_t mount_show_flags(u32 flags, char *buf, size_t size)
{
	static const struct {
		u32 flag;
		const char *name;
	} names[] = {
		{MNT_NOSUID, ",nosuid"},           {MNT_NODEV, ",nodev"},
		{MNT_NOEXEC, ",noexec"},           {MNT_NOATIME, ",noatime"},
		{MNT_NODIRATIME, ",nodiratime"},   {MNT_RELATIME, ",relatime"},
		{MNT_NOSYMFOLLOW, ",nosymfollow"},
	};
	size_t len = (size_t)snprintf(buf, size, "%s", flags & MNT_RDONLY ? "ro" : "rw");

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (flags & names[i].flag)
			len += (size_t)snprintf(len < size ? buf + len : NULL,
						len < size ? size - len : 0, "%s", names[i].name);
	}
	return len;
}
