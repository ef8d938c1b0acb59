/*
 * The inside of the dentry cache, for namei.c, dirops.c and path.c only.
 *
 * Functions that end in _locked want dcache->mu.
 */
#pragma once
#include "fs/dentry.h"
#include "lib/base.h"
#include "lib/list.h"
#include "lib/mutex.h"

struct dcache {
	struct mutex mu;         /* LOCK_DCACHE; guards all below and the dentries */
	struct dentry **buckets; /* [nr_buckets], a power of two */
	u32 nr_buckets;
	u32 nr;                /* hashed dentries; atomic, written under mu */
	struct list_head ring; /* them all, oldest first */
};

int dcache_create(struct dcache **ret) must_check;
void dcache_destroy(struct dcache *dc);

/* dcache_find_locked - the hashed child, not counted, marked as used; NULL */
struct dentry *dcache_find_locked(struct dcache *dc, const struct dentry *parent,
				  const struct qname *name) REQUIRES(dc->mu);

/* dcache_trim - evict unused dentries while there are too many.  Locks: none.  May sleep. */
void dcache_trim(struct super *super);

/*
 * dentry_instantiate - a negative dentry becomes positive; takes a reference of @inode
 *
 * Locks: dir_mu of the parent is held.
 */
void dentry_instantiate(struct dentry *d, struct inode *inode);

/*
 * dentry_remove - the name of @d is gone: nobody finds it any more
 *
 * Cached children of a removed directory go too.  Locks: the parent's dir_mu is
 * held, and the caller holds a reference of @d.
 */
void dentry_remove(struct dentry *d);

/*
 * dentry_add_negative - @name was just removed from @parent: the next one who asks need
 * not ask the file system
 *
 * Without memory, or where names come and go by themselves, nothing is done.
 * Locks: @parent's dir_mu is held, and no dentry of the name is cached.
 */
void dentry_add_negative(struct dentry *parent, const struct qname *name);

/*
 * dentry_move - @d takes the place of @target, which is removed unless @exchange
 *
 * Locks: both parents' dir_mu; super->rename_mu if a directory changes parent.
 */
void dentry_move(struct dentry *d, struct dentry *target, bool exchange);

/* dentry_is_below - is @d @top, or anywhere below it */
bool dentry_is_below(struct dentry *d, const struct dentry *top);
