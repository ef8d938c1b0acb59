/*
 * Attributes by value: what stat and statfs say, and what a setattr changes.
 */
#pragma once
#include <time.h>

#include "fs/inode.h"
#include "lib/base.h"

/* Everything stat, statx and the tests want to know. */
struct kstat {
	u64 dev, ino, rdev;
	u32 mode, nlink, uid, gid;
	u64 size, blocks;
	u32 blksize;
	struct timespec atime, mtime, ctime, btime;
	u64 attributes, attributes_mask; /* STATX_ATTR_* */
	bool has_btime;
	u64 mnt_id;
};

struct kstatfs {
	u64 type, bsize, frsize;
	u64 blocks, bfree, bavail, files, ffree;
	u64 fsid;
	u32 namelen, flags; /* ST_* */
};

/* What a setattr changes; valid says which. */
#define ATTR_MODE      (1u << 0)
#define ATTR_UID       (1u << 1)
#define ATTR_GID       (1u << 2)
#define ATTR_SIZE      (1u << 3)
#define ATTR_ATIME     (1u << 4)
#define ATTR_MTIME     (1u << 5)
#define ATTR_CTIME     (1u << 6)
#define ATTR_ATIME_SET (1u << 7) /* a given time, not now: owner only */
#define ATTR_MTIME_SET (1u << 8)
#define ATTR_KILL_PRIV                                                                       \
	(1u << 9)            /* drop security.capability; bits of the mode come as ATTR_MODE \
			      */
#define ATTR_OPEN (1u << 10) /* size 0 for O_TRUNC */

struct iattr {
	u32 valid;
	u32 mode, uid, gid; /* mode without type */
	u64 size;
	struct timespec atime, mtime, ctime;
};

/* inode_fill_stat - what the inode itself says; for ops->getattr */
void inode_fill_stat(struct inode *inode, struct kstat *ret);

/* inode_apply_attr_locked - copy all of @attr but a size into the inode; for ops->setattr */
void inode_apply_attr_locked(struct inode *inode, const struct iattr *attr) REQUIRES(inode->mu);
