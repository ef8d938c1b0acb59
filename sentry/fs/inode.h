/*
 * Inodes and the file systems they live in.
 *
 * A file system deals in inodes and names only.  It never sees a dentry, so
 * that one file system can be the layer of another (overlay) without a tree of
 * its own names.  Names, mounts, permissions, read-only rules, the sticky bit
 * and type checks are the VFS's (namei.c, dirops.c, attr.c); an operation here
 * is called when all of that has been decided.
 *
 * Life of an inode: made by its file system (lookup, create), held by dentries,
 * files and layers, freed by ops->release when the last of them lets go.  One
 * file is one inode at any time: a file system with hard links finds the living
 * one again.  A directory entry does not hold an inode by itself; a file system
 * in memory keeps a reference of its own.
 *
 * Locks: dir_mu (directories: the entries) before mu (attributes and data).
 * The inodes of a super made with SUPER_LAYER use the ranks LOCK_LAYER_DIR and
 * LOCK_LAYER, so that an overlay may hold its own while it calls down.
 */
#pragma once
#include <sys/stat.h>
#include <time.h>

#include "lib/base.h"
#include "lib/list.h"
#include "lib/mutex.h"
#include "lib/ref.h"

struct cred;
struct dentry;
struct dir_context;
struct file;
struct flock_list;
struct fsnotify_marks;
struct iattr;
struct inode;
struct kstat;
struct kstatfs;
struct path;
struct pipe;
struct super;
struct task;
struct unix_sock;

#define NAME_LEN_MAX 255

/* What a lookup can know of those that will follow. */
#define QNAME_PATH   1u /* str goes on, to its end, with the path that is walked */
#define QNAME_OPEN   2u /* the file at the end is to be opened */
#define QNAME_FOLLOW 4u /* a symlink at the end is walked, too */

/* One name; not terminated.  hash is name_hash(str, len). */
struct qname {
	const char *str;
	u32 len;
	u32 hash;

	/* For lookup() only, which need not care. */
	u32 ahead;        /* QNAME_* */
	const char *then; /* QNAME_PATH: where the path goes on after str; NULL: it does not */
};

/* qname_make - @str with its hash; @str must outlive it */
struct qname qname_make(const char *str, size_t len);

/* What a new inode is to be.  The VFS has applied umask and setgid rules. */
struct inode_new {
	u32 mode; /* with S_IFMT: regular, directory, symlink, fifo, socket, device */
	u32 uid, gid;
	u64 rdev;           /* makedev() form; devices only */
	const char *target; /* symlinks only */
};

/* Who opens, and how; see inode_ops.open. */
struct open_args {
	int flags;               /* O_*, already sane; O_CREAT and O_EXCL are gone */
	const struct cred *cred; /* of the opener */
	struct task *task;       /* NULL: the sentry itself */
	const struct path *path; /* what was opened; NULL for a layer's inode */
};

/*
 * What a kind of inode does.  Called by the wrappers of the VFS and by overlay.
 * @dir is a directory of this super; names are not "." or "..", not empty, at
 * most NAME_LEN_MAX long.  Nothing here checks permissions but permission.
 *
 *             may sleep  locks held on entry            if NULL
 *   lookup    yes        dir->dir_mu                    -ENOTDIR
 *   create    yes        dir->dir_mu                    -EPERM
 *   link      yes        dir->dir_mu                    -EPERM
 *   unlink    yes        dir->dir_mu, inode->dir_mu if  -EPERM
 *                        a directory
 *   rename    yes        both dir_mu, those of victims  -EPERM
 *   tmpfile   yes        none                           -EOPNOTSUPP
 *   readlink  yes        none                           -EINVAL
 *   get_link  yes        none                           an ordinary symlink
 *   open      yes        none                           -ENXIO
 *   getattr   yes        none                           inode_fill_stat()
 *   setattr   yes        mu                             inode_apply_attr(); a size: -EINVAL
 *   permission no        none, or a dentry lock         inode_mode_permits()
 *   getxattr  yes        none                           -EOPNOTSUPP
 *   setxattr  yes        mu                             -EOPNOTSUPP
 *   listxattr yes        none                           no names
 *   release   yes        perhaps a dir_mu; last ref.    must be set
 */
struct inode_ops {
	/* *@ret: a new reference, or NULL with 0 when there is no such name. */
	int (*lookup)(struct inode *dir, const struct qname *name, struct inode **ret);

	/* Make an inode of any type.  The name is known not to exist. */
	int (*create)(struct inode *dir, const struct qname *name, const struct inode_new *what,
		      struct inode **ret);
	int (*link)(struct inode *dir, const struct qname *name, struct inode *inode);

	/* Also rmdir: @inode is the one under @name; -ENOTEMPTY if it has entries. */
	int (*unlink)(struct inode *dir, const struct qname *name, struct inode *inode);

	/*
	 * @flags: RENAME_NOREPLACE is checked already, RENAME_EXCHANGE,
	 * RENAME_WHITEOUT -> -EINVAL if unknown.  @inode: what moves.  @victim: what
	 * stands at the new name or NULL; types fit, -ENOTEMPTY is for the op to find.
	 */
	int (*rename)(struct inode *olddir, const struct qname *oldname, struct inode *inode,
		      struct inode *newdir, const struct qname *newname, struct inode *victim,
		      unsigned flags);
	int (*tmpfile)(struct inode *dir, const struct inode_new *what, struct inode **ret);

	/*
	 * The target of a symlink; not terminated, cut at @size.  @t: who asks, for
	 * /proc/self; NULL: nobody.  Return: its length or -errno.
	 */
	ssize_t (*readlink)(struct inode *inode, struct task *t, char *buf, size_t size);

	/* A link that leads straight to a place (/proc/PID/fd/N, cwd, exe). */
	int (*get_link)(struct inode *inode, struct task *t, struct path *ret);

	/*
	 * A new open file of @inode, made with file_init() and file_set_inode(); the
	 * VFS sets its path.  Not called for fifos, sockets and devices unless
	 * INODE_OPENS_SPECIAL is set.  O_TRUNC has been done.
	 */
	int (*open)(struct inode *inode, const struct open_args *args, struct file **ret);

	int (*getattr)(struct inode *inode, struct kstat *ret);
	/* @attr was checked; apply it all or fail.  Times are filled in. */
	int (*setattr)(struct inode *inode, const struct iattr *attr);
	int (*permission)(struct inode *inode, int mask, const struct cred *cred);

	/* Return: length, the needed one when size is 0; -ERANGE, -ENODATA. */
	ssize_t (*getxattr)(struct inode *inode, const char *name, void *buf, size_t size);
	/* @value NULL removes.  @flags: XATTR_CREATE, XATTR_REPLACE. */
	int (*setxattr)(struct inode *inode, const char *name, const void *value, size_t size,
			int flags);
	ssize_t (*listxattr)(struct inode *inode, char *buf, size_t size);
	void (*release)(struct inode *inode);
};

/* inode->flags */
#define INODE_OPENS_SPECIAL (1u << 0) /* ops->open also opens fifos, sockets, devices */
#define INODE_NOATIME       (1u << 1) /* reads do not touch atime */
#define INODE_IMMUTABLE     (1u << 2) /* no writing, linking, renaming: -EPERM */
#define INODE_APPEND        (1u << 3) /* writing only at the end: -EPERM */
#define INODE_DEAD_DIR      (1u << 4) /* a removed directory: -ENOENT on create; guarded by dir_mu */
#define INODE_NO_SEALS      (1u << 5) /* (memfd) seals are final */
#define INODE_LINKABLE      (1u << 6) /* O_TMPFILE without O_EXCL: nlink 0 may become 1 */
#define INODE_LINK_STABLE   (1u << 7) /* a symlink whose target never changes */

struct inode {
	struct ref ref;
	const struct inode_ops *ops; /* immutable */
	struct super *super;         /* immutable; counted */
	u64 ino;                     /* immutable */
	u64 rdev;                    /* immutable */

	struct mutex dir_mu; /* LOCK_DIR or LOCK_LAYER_DIR; directories only */
	struct mutex mu;     /* LOCK_INODE or LOCK_LAYER */

	/*
	 * Guarded by mu for changes; the single words may be read without it
	 * (inode_mode() and friends): a check then sees the state before or after.
	 */
	u32 mode; /* the type bits never change */
	u32 uid, gid;
	u32 nlink;
	u32 flags; /* INODE_* */
	u32 blksize;
	u64 size;
	u64 blocks; /* of 512 bytes */
	struct timespec atime, mtime, ctime, btime;
	u64 version; /* counts changes of data or entries */
	bool still;  /* atomic: see still.h */

	/*
	 * The target of a symlink, terminated.  Kept by the VFS after the first
	 * readlink if INODE_LINK_STABLE is set, or set by the file system with
	 * kstrdup() before the inode is seen.  Set once; freed by inode_fini().
	 */
	char *link;

	/* Who may write, who runs it: >0 open for writing, <0 denied by execve; atomic. */
	s32 writecount;

	/* Objects that live as long as somebody uses them; guarded by mu, weak. */
	struct pipe *pipe;           /* of a fifo, while it is open */
	struct unix_sock *unix_sock; /* that is bound here; it holds the path */

	/* Made on first use, freed with the inode; guarded by mu, read atomically. */
	struct flock_list *flocks;
	struct fsnotify_marks *marks;
};

/*
 * inode_init - fill the base of a file system's inode; one reference
 *
 * Times become now, nlink 1 (2 for a directory), blksize the super's.  Takes a
 * reference of @super, dropped by inode_fini().
 */
void inode_init(struct inode *inode, struct super *super, const struct inode_ops *ops, u64 ino,
		u32 mode);

/* inode_fini - for ops->release, before the memory is freed */
void inode_fini(struct inode *inode);

struct inode *inode_get(struct inode *inode);

/* inode_put - Locks: none of LOCK_DIR or later, unless the caller knows it is not the last. */
void inode_put(struct inode *inode);

static inline void inode_put_cleanup(struct inode **inode)
{
	if (*inode)
		inode_put(*inode);
}

#define cleanup_inode __attribute__((cleanup(inode_put_cleanup)))

static inline u32 inode_mode(const struct inode *inode)
{
	return __atomic_load_n(&inode->mode, __ATOMIC_RELAXED);
}

static inline u64 inode_size(const struct inode *inode)
{
	return __atomic_load_n(&inode->size, __ATOMIC_RELAXED);
}

static inline bool inode_is_dir(const struct inode *inode)
{
	return S_ISDIR(inode_mode(inode));
}

static inline bool inode_is_reg(const struct inode *inode)
{
	return S_ISREG(inode_mode(inode));
}

static inline bool inode_is_symlink(const struct inode *inode)
{
	return S_ISLNK(inode_mode(inode));
}

/* inode_set_time - under mu, so that inode_time() may read it without */
static inline void inode_set_time(struct timespec *t, const struct timespec *now)
{
	__atomic_store_n(&t->tv_sec, now->tv_sec, __ATOMIC_RELAXED);
	__atomic_store_n(&t->tv_nsec, now->tv_nsec, __ATOMIC_RELAXED);
}

/* inode_time - without mu; seconds and nanoseconds may be of two changes */
static inline struct timespec inode_time(const struct timespec *t)
{
	return (struct timespec){
		.tv_sec = __atomic_load_n(&t->tv_sec, __ATOMIC_RELAXED),
		.tv_nsec = __atomic_load_n(&t->tv_nsec, __ATOMIC_RELAXED),
	};
}

/* inode_now - the time stamps are taken from (CLOCK_REALTIME_COARSE, as Linux) */
struct timespec inode_now(void);

/* inode_readlink - the target of a symlink, for @t to read; its length, cut at @size */
ssize_t inode_readlink(struct inode *inode, struct task *t, char *buf, size_t size) must_check;

/* inode_touch_locked - mtime and ctime become now, version goes up */
void inode_touch_locked(struct inode *inode) REQUIRES(inode->mu);
void inode_touch_ctime_locked(struct inode *inode) REQUIRES(inode->mu);

/*
 * Write access against execution.  inode_get_write: -ETXTBSY while it runs;
 * inode_deny_write: -ETXTBSY while it is open for writing.
 */
int inode_get_write(struct inode *inode) must_check;
void inode_put_write(struct inode *inode);
int inode_deny_write(struct inode *inode) must_check;
void inode_allow_write(struct inode *inode);

/* The permission bits of inode_permission(); those of the mode. */
#define MAY_EXEC  1
#define MAY_WRITE 2
#define MAY_READ  4

/*
 * inode_permission - may @cred do @mask to @inode (fsuid, groups, capabilities)
 *
 * Mount flags are not looked at; INODE_IMMUTABLE is.  Never sleeps.
 * Return: 0, -EACCES, -EPERM.
 */
int inode_permission(struct inode *inode, int mask, const struct cred *cred) must_check;

/* inode_mode_permits - the rule above by mode bits alone; for ops->permission */
int inode_mode_permits(u32 mode, u32 uid, u32 gid, int mask, const struct cred *cred) must_check;

/* inode_owner_or_capable - fsuid owns it, or CAP_FOWNER */
bool inode_owner_or_capable(const struct inode *inode, const struct cred *cred);
