/*
 * What the files of overlay share.
 *
 * Every file has one ovl_inode while somebody uses it.  It holds the inode of
 * the lower file system it stands for, if any, and all attributes.  A changed
 * one is pinned: it stays until the file is removed or the overlay goes.
 * Bytes and extended attributes that were changed stand in the shadow, an inode
 * without a name in a tmpfs of the overlay's own.  A directory that was changed
 * has slots: names that lead elsewhere than below, or nowhere (whiteouts).  A
 * whiteout is not a file, so a guest has nothing to forge it with.
 *
 *	dir --slots--> ovl_inode --lower--> inode below
 *	                         --shadow-> inode of the tmpfs
 *	ovl_super --table (weak, by lower)--> ovl_inode
 *	          --pinned (counted)-->
 *
 * Moving a directory moves a pointer: what is below it is found through its
 * lower inode wherever it stands.
 *
 * Locks: dir_mu guards slots; inode.mu guards the shadow and the real files;
 * table_mu (LOCK_LEAF) guards the table and the lists of the super.
 */
#pragma once
#include "fs/file.h"
#include "fs/inode.h"
#include "fs/names.h"
#include "fs/overlay/overlay.h"
#include "fs/super.h"
#include "lib/base.h"
#include "lib/list.h"
#include "lib/mutex.h"

/* Numbers of files that have nothing below: far from those of the lower file system. */
#define OVL_INO_NEW (1ull << 62)

struct ovl_inode;

struct ovl_super {
	struct super super;          /* base; release frees the whole */
	struct super *lower, *upper; /* immutable; counted */

	struct mutex table_mu;
	struct ovl_inode **buckets; /* [nr_buckets]: by lower inode; weak */
	u32 nr_buckets, nr;
	struct list_head pinned; /* counted */
	struct list_head dirs;   /* directories with slots; weak */
};

/* One name of a directory that differs from what is below. */
struct ovl_slot {
	struct name name;    /* first */
	bool covers;         /* the lower directory has this name */
	struct inode *inode; /* counted; NULL: removed */
};

struct ovl_inode {
	struct inode inode;           /* base; release frees the whole */
	struct inode *lower;          /* immutable; counted; NULL: made here */
	struct ovl_inode *hash_next;  /* table_mu */
	struct list_head pinned_node; /* table_mu; off the list: not pinned */

	struct inode *shadow; /* inode.mu; counted; set once */
	struct file
		*upper_file; /* inode.mu; counted; the shadow's data, set once; read atomically */
	struct file *lower_file; /* inode.mu; counted; while somebody has the file open */
	u32 nr_open;             /* inode.mu */
};

struct ovl_listing;

struct ovl_dir {
	struct ovl_inode base;

	/* dir_mu */
	struct name_table slots;
	u32 nr_live;                 /* slots with an inode */
	u64 changes;                 /* counts changes of names */
	struct ovl_listing *listing; /* the last one made; weak */

	struct list_head dirs_node; /* table_mu */
};

static inline struct ovl_slot *to_ovl_slot(struct name *n)
{
	return container_of(n, struct ovl_slot, name);
}

static inline struct ovl_super *to_ovl_super(struct super *super)
{
	return container_of(super, struct ovl_super, super);
}

static inline struct ovl_inode *to_ovl(struct inode *inode)
{
	return container_of(inode, struct ovl_inode, inode);
}

static inline struct ovl_dir *to_ovl_dir(struct inode *inode)
{
	return container_of(inode, struct ovl_dir, base.inode);
}

static inline struct ovl_super *ovl_super_of(struct inode *inode)
{
	return to_ovl_super(inode->super);
}

/* inode.c */

/* ovl_inode_obtain - the one inode that stands for @lower; a reference */
int ovl_inode_obtain(struct ovl_super *s, struct inode *lower, struct inode **ret) must_check;

/* ovl_inode_new - an inode with nothing below, as a creation wants it */
int ovl_inode_new(struct ovl_super *s, const struct inode_new *what, struct inode **ret) must_check;

/*
 * ovl_pin - @inode is about to change: it must not be forgotten
 *
 * One made here needs none: a slot holds it.  Return: 0 or -ENOSPC.
 */
int ovl_pin(struct inode *inode) must_check;

/* ovl_unpin - its last name is gone.  The caller holds a reference. */
void ovl_unpin(struct inode *inode);

/* ovl_shadow_locked - have a shadow; extended attributes are copied up.  0 or -errno. */
int ovl_shadow_locked(struct inode *inode) must_check REQUIRES(inode->mu);
void ovl_release(struct inode *inode);
int ovl_setattr(struct inode *inode, const struct iattr *attr);
ssize_t ovl_getxattr(struct inode *inode, const char *name, void *buf, size_t size);
int ovl_setxattr(struct inode *inode, const char *name, const void *value, size_t size, int flags);
ssize_t ovl_listxattr(struct inode *inode, char *buf, size_t size);
int ovl_table_init(struct ovl_super *s) must_check;
void ovl_table_fini(struct ovl_super *s);

/* dir.c */
extern const struct inode_ops ovl_dir_ops;
struct ovl_slot *ovl_slot_find(struct ovl_dir *d, const struct qname *name);

/* ovl_slots_take - all slots of @d go to the end of @all; it has none then */
void ovl_slots_take(struct ovl_dir *d, struct list_head *all);
void ovl_slots_free(struct ovl_super *s, struct list_head *all);

/* readdir.c */
int ovl_dir_open(struct inode *inode, const struct open_args *args, struct file **ret);

/* ovl_dir_is_empty - 1, 0 or -errno.  dir_mu is held. */
int ovl_dir_is_empty(struct ovl_dir *d) must_check;

/* file.c */
extern const struct inode_ops ovl_file_ops;
extern const struct inode_ops ovl_node_ops;

/*
 * ovl_copy_up_locked - have the bytes in the shadow
 * @size: how many of them are still wanted
 */
int ovl_copy_up_locked(struct inode *inode, u64 size) must_check REQUIRES(inode->mu);
