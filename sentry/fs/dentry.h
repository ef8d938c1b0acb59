/*
 * The dentry cache: names that were looked up, and those that were not there.
 *
 * A dentry is one name in one directory.  The cache of a super holds a counted
 * reference to each dentry it can still find (hashed); whoever uses it holds
 * another, and a child holds its parent.  A dentry that only the cache holds is
 * a candidate for eviction: the number of cached dentries is bounded, second
 * chance, oldest first.  A removed name is unhashed and lives on until its last
 * user lets go.
 *
 *	super --root--> dentry <--parent-- dentry --inode--> inode
 *	  dcache: hash (parent, name) -> dentry, ring of all for eviction
 *
 * Locks: parent, name, hash links, children and the ring are guarded by the
 * super's dcache lock (LOCK_DCACHE), which is held for a stretch of lookups and
 * never across a sleep.  inode is guarded by it too and set once: a negative
 * dentry turns positive, never back (removal makes a new negative one on demand).
 */
#pragma once
#include "fs/inode.h"
#include "lib/base.h"
#include "lib/list.h"
#include "lib/ref.h"

#define DENTRY_NAME_INLINE 32

struct dentry {
	struct ref ref;
	u32 flags;             /* DENTRY_*; guarded by the dcache lock */
	struct super *super;   /* immutable; weak: d_root pins, mounts and inodes hold it */
	struct inode *inode;   /* NULL: negative */
	struct dentry *parent; /* counted; itself for a root */
	struct qname name;     /* changed by rename */
	struct dentry *hash_next;
	struct list_head ring;     /* all cached ones, oldest first */
	struct list_head children; /* through sibling */
	struct list_head sibling;
	s32 mounted; /* mounts that stand on it; atomic */
	char inline_name[DENTRY_NAME_INLINE];
};

#define DENTRY_HASHED     (1u << 0) /* the cache finds it and holds a reference */
#define DENTRY_REFERENCED (1u << 1) /* used since the ring's hand passed */
#define DENTRY_DELETED    (1u << 2) /* the name was removed: d_path says " (deleted)" */
#define DENTRY_PSEUDO     (1u << 3) /* no tree: the name is the whole path, "pipe:[7]" */

static inline bool dentry_is_negative(const struct dentry *d)
{
	return !__atomic_load_n(&d->inode, __ATOMIC_ACQUIRE);
}

struct dentry *dentry_get(struct dentry *d);
void dentry_put(struct dentry *d); /* Locks: none.  May sleep. */

static inline void dentry_put_cleanup(struct dentry **d)
{
	if (*d)
		dentry_put(*d);
}

#define cleanup_dentry __attribute__((cleanup(dentry_put_cleanup)))

/*
 * dentry_lookup - the child @name of @parent, from the cache or the file system
 * @ret: a reference; negative when there is no such name
 *
 * Asks super_ops.revalidate for a cached one.  Checks no permission.
 *
 * Locks: none of LOCK_DIR or later.  May sleep.
 * Return: 0, -ENOTDIR, -ENOENT (@parent was removed), -ENOMEM, or the file system's error.
 */
int dentry_lookup(struct dentry *parent, const struct qname *name, struct dentry **ret) must_check;

/* dentry_lookup_locked - as above; @parent's inode->dir_mu is held */
int dentry_lookup_locked(struct dentry *parent, const struct qname *name, struct dentry **ret)
	must_check;

/*
 * dentry_create_pseudo - a dentry of no tree, for pipes, sockets, memfds
 * @name: whole, as /proc/PID/fd shows it; copied
 *
 * Takes a reference of @inode.  0 or -ENOMEM.
 */
int dentry_create_pseudo(struct inode *inode, const char *name, struct dentry **ret) must_check;

/*
 * dentry_create_unlinked - a name in @parent that nobody finds, for O_TMPFILE
 *
 * Takes a reference of @inode.  0 or -ENOMEM.
 */
int dentry_create_unlinked(struct dentry *parent, struct inode *inode, const char *name,
			   struct dentry **ret) must_check;

/* dentry_parent_get - the parent, counted; a root is its own */
struct dentry *dentry_parent_get(struct dentry *d);

/* dentry_invalidate - forget @name in @dir: a file system saw it change under us */
void dentry_invalidate(struct dentry *d);

/*
 * dcache_shrink - drop every unused dentry of @super
 * Return: how many went.
 */
size_t dcache_shrink(struct super *super);

/* dcache_limit - the most dentries a super caches; set at start-up */
extern size_t dcache_limit;
