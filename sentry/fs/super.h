/*
 * Supers, one instance of a file system each, and the types mount(2) can name.
 */
#pragma once
#include "lib/base.h"
#include "lib/mutex.h"
#include "lib/ref.h"

struct cred;
struct dcache;
struct dentry;
struct inode;
struct kstatfs;
struct qname;
struct super;

/*
 * A super: one instance of a file system.  Life: made by its fs_type, counted
 * by mounts, inodes and files, freed by ops->release.  d_root is NULL until
 * super_set_root() and is let go by super_shutdown() (last unmount).
 */
struct super_ops {
	/* NULL: zeroes with magic, block size and name length. */
	int (*statfs)(struct super *super, struct kstatfs *ret);

	/*
	 * Is what the cache says about @name in @dir still true?  @inode NULL: the
	 * cached answer is "not there".  May sleep; dir->dir_mu may be
	 * held.  NULL: always true.
	 * Return: 1 yes, 0 no (it is looked up again), -errno.
	 */
	int (*revalidate)(struct inode *dir, const struct qname *name, struct inode *inode);

	int (*sync)(struct super *super);                                 /* NULL: nothing to do */
	int (*remount)(struct super *super, u32 flags, const char *data); /* NULL: flags only */
	/* Options for /proc/self/mountinfo, comma first: ",size=4k".  NULL: none. */
	size_t (*show_options)(struct super *super, char *buf, size_t size);
	/* Let go of what points back at inodes; the tree is unmounted.  NULL: nothing. */
	void (*shutdown)(struct super *super);
	void (*release)(struct super *super); /* frees the whole; must be set */
};

#define SUPER_RDONLY (1u << 0) /* -EROFS for every change */
#define SUPER_LAYER  (1u << 1) /* only an overlay calls it; see Locks above */
#define SUPER_NOUSER (1u << 2) /* pipes, sockets: never mounted in the tree */
#define SUPER_NOEXEC (1u << 3) /* nothing in it can be run or mapped executable */
#define SUPER_NODEV  (1u << 4) /* device nodes in it cannot be opened */

struct dcache;

struct super {
	struct ref ref;
	const struct super_ops *ops; /* immutable */
	const char *type;            /* immutable; "tmpfs"; literal */
	u64 dev;                     /* immutable: st_dev, makedev(0, n) */
	u64 magic;                   /* immutable: f_type */
	u32 flags;                   /* SUPER_*; atomic */
	u32 blksize;                 /* immutable */
	u64 maxbytes;                /* immutable: largest file size */
	struct dcache *dcache;       /* immutable: dentry.c */
	struct dentry *root;         /* set once before it is mounted */
	struct mutex rename_mu;      /* LOCK_RENAME: who is whose ancestor stands still */
	s32 nr_mounts;               /* atomic */
	u64 next_ino;                /* atomic; super_new_ino() */
};

/* super_init - the base of a file system's super; one reference.  0 or -ENOMEM. */
int super_init(struct super *super, const struct super_ops *ops, const char *type, u64 magic,
	       u32 flags) must_check;
void super_fini(struct super *super); /* for ops->release */
struct super *super_get(struct super *super);
void super_put(struct super *super);

/* super_set_root - make the root dentry of @inode; 0 or -ENOMEM */
int super_set_root(struct super *super, struct inode *inode) must_check;

/*
 * super_shutdown - nobody can reach it by name any more
 *
 * Drops every cached dentry and the root, calls ops->shutdown.  Open files keep
 * working.  Locks: none.  May sleep.
 */
void super_shutdown(struct super *super);

static inline u64 super_new_ino(struct super *super)
{
	return __atomic_add_fetch(&super->next_ino, 1, __ATOMIC_RELAXED);
}

static inline bool super_is_rdonly(const struct super *super)
{
	return __atomic_load_n(&super->flags, __ATOMIC_RELAXED) & SUPER_RDONLY;
}

/*
 * A file system type that mount(2) can name.
 * @source, @data: strings from the guest, NULL if absent; @cred: who mounts.
 */
struct fs_type {
	const char *name;
	bool nodev; /* "nodev" in /proc/filesystems */
	int (*mount)(const char *source, const char *data, u32 super_flags, const struct cred *cred,
		     struct super **ret);
	struct fs_type *next; /* fs_type_register() */
};

/* fs_type_register - at start-up, before guests run; @type is kept */
void fs_type_register(struct fs_type *type);
const struct fs_type *fs_type_find(const char *name);
const struct fs_type *fs_type_first(void); /* then ->next; for /proc/filesystems */
