/*
 * Telling those who watch (inotify) what happens to files.
 *
 * The VFS calls these where Linux calls its fsnotify hooks.  While nobody in the
 * sandbox watches anything, each is one load.
 *
 * Locks: take LOCK_FSNOTIFY; what stands before it in lockrank.h may be held.
 */
#pragma once
#include <sys/inotify.h>

#include "lib/base.h"

struct dentry;
struct file;
struct inode;
struct qname;

/* How many watches there are; atomic. */
extern u32 fsnotify_nr_watches;

static inline bool fsnotify_anybody(void)
{
	return unlikely(__atomic_load_n(&fsnotify_nr_watches, __ATOMIC_RELAXED));
}

/* What the three below do once somebody listens. */
void fsnotify_tell_inode(struct inode *inode, u32 mask);
void fsnotify_tell_dentry(struct dentry *d, u32 mask);
void fsnotify_tell_name(struct inode *dir, u32 mask, const struct qname *name, struct inode *inode,
			u32 cookie);

/* fsnotify_inode - @mask (IN_*) happened to @inode itself; no name is told */
static inline void fsnotify_inode(struct inode *inode, u32 mask)
{
	if (fsnotify_anybody())
		fsnotify_tell_inode(inode, mask);
}

/* fsnotify_dentry - to the file, and to its name in the directory */
static inline void fsnotify_dentry(struct dentry *d, u32 mask)
{
	if (fsnotify_anybody())
		fsnotify_tell_dentry(d, mask);
}

/* fsnotify_name - a name in @dir came, went or moved; @inode: what it leads or led to */
static inline void fsnotify_name(struct inode *dir, u32 mask, const struct qname *name,
				 struct inode *inode, u32 cookie)
{
	if (fsnotify_anybody())
		fsnotify_tell_name(dir, mask, name, inode, cookie);
}

/* fsnotify_file - something was done through @f */
void fsnotify_file(struct file *f, u32 mask);

/* fsnotify_cookie - a number that ties the two halves of a rename together */
u32 fsnotify_cookie(void);

/*
 * fsnotify_inode_gone - the last name and the last user are gone
 *
 * IN_DELETE_SELF, then the watches end.  Locks: none.
 */
void fsnotify_inode_gone(struct inode *inode);
