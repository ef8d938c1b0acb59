/*
 * What stays as it is, and the count of when it did not.
 *
 * An inode is still while nothing of it has ever been changed: one of a layer that
 * nobody writes.  Such an inode moves at most its atime, and what stands under the
 * names of a still directory stays the same.  Whoever changes a still inode calls
 * inode_stir() first.  The epoch has moved before such a change can be seen, and when
 * an atime moves, a name turns out to be the host's no longer, somebody begins to watch,
 * a mount comes or goes, or a root changes; of the latter two once more when they are
 * done.  A file is still no longer either when it is locked, since its end matters then.
 *
 * So what is found out after a reading of the epoch, of inodes that are still
 * afterwards, is true as long as the epoch stays (kernel/facts.c).
 *
 * Locks: none.
 */
#pragma once
#include "fs/inode.h"
#include "fs/path.h"

/* still_count_in - count in @word, not 0, from now on; NULL: here.  While nobody else runs. */
void still_count_in(u64 *word);

/* still_epoch - what to remember; read before what it is to be true of */
u64 still_epoch(void);

/* still_broken - something that was still is not, or is about to change */
void still_broken(void);

static inline bool inode_is_still(const struct inode *inode)
{
	return __atomic_load_n(&inode->still, __ATOMIC_ACQUIRE);
}

/* inode_stir - @inode will change: it is still no longer */
static inline void inode_stir(struct inode *inode)
{
	if (!inode_is_still(inode))
		return;
	__atomic_store_n(&inode->still, false, __ATOMIC_SEQ_CST);
	still_broken();
}

/*
 * path_is_still - is @name all there is to say of where @p is?
 *
 * True if @name, seen from @root, is its only spelling: absolute, no symlink, no
 * dots, no other mount on the way; and @p and all directories above are still.
 * Locks: takes LOCK_DCACHE.
 */
bool path_is_still(const struct path *p, const struct path *root, const char *name, size_t len);
