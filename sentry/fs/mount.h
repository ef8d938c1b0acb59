/*
 * Mounts: where the roots of file systems stand in the tree.
 *
 * A mount shows the part of a super below its root dentry, at a dentry of its
 * parent mount.  Bind mounts are mounts of the same super.  A namespace is one
 * tree of mounts; there is one of the sandbox, and tasks hold it through their
 * paths.
 *
 * Life: made by mount_create(), attached by mount_attach(), found by path walks,
 * detached by umount; freed when the last path in it is gone.
 *
 * Locks: parent, mountpoint, children are changed under mnt_ns->mu
 * (LOCK_MOUNTS) and mount_lock (a spinlock) together, so either suffices to read.
 */
#pragma once
#include "fs/path.h"
#include "lib/base.h"
#include "lib/list.h"
#include "lib/mutex.h"
#include "lib/ref.h"

struct cred;
struct super;

/* mount->flags; those of mountinfo's per-mount options */
#define MNT_RDONLY      (1u << 0)
#define MNT_NOSUID      (1u << 1)
#define MNT_NODEV       (1u << 2)
#define MNT_NOEXEC      (1u << 3)
#define MNT_NOATIME     (1u << 4)
#define MNT_NODIRATIME  (1u << 5)
#define MNT_RELATIME    (1u << 6)
#define MNT_NOSYMFOLLOW (1u << 7)
#define MNT_LOCKED      (1u << 8) /* the sandbox's own: guests cannot unmount it */
#define MNT_LOCK_FLAGS  (1u << 9) /* ... nor widen what is allowed on it and its binds */
#define MNT_OPTION_MASK 0xffu

struct mnt_ns {
	struct ref ref;
	struct mutex mu;       /* LOCK_MOUNTS */
	struct mount *root;    /* guarded by mu; counted */
	struct list_head list; /* guarded by mu: every mount, in order of mounting */
	u32 nr;                /* guarded by mu */
	u64 event;             /* atomic: counts changes, for poll of mountinfo */
};

struct mount {
	struct ref ref;
	u32 id;              /* immutable, unique in the sandbox */
	u32 flags;           /* MNT_*; atomic */
	struct super *super; /* immutable; counted */
	struct dentry *root; /* immutable; counted */
	char *source;        /* immutable: "tmpfs", "none" */

	/* See Locks above. */
	struct mnt_ns *ns;         /* NULL when detached; weak */
	struct mount *parent;      /* counted; NULL for the top */
	struct dentry *mountpoint; /* in parent; counted */
	struct list_head children; /* through sibling */
	struct list_head sibling;
	struct list_head ns_node;
	struct mount *hash_next;
};

/* mnt_ns_create - a tree whose top is @root; takes references */
int mnt_ns_create(struct mount *root, struct mnt_ns **ret) must_check;
struct mnt_ns *mnt_ns_get(struct mnt_ns *ns);

/* mnt_ns_put - the last one unmounts everything.  Locks: none.  May sleep. */
void mnt_ns_put(struct mnt_ns *ns);

/*
 * mount_create - a mount of @super, nowhere yet
 * @root: what it shows; NULL: all of it
 * @source: first column of /proc/mounts; copied
 */
int mount_create(struct super *super, struct dentry *root, const char *source, u32 flags,
		 struct mount **ret) must_check;
struct mount *mount_get(struct mount *mnt);
void mount_put(struct mount *mnt); /* Locks: none.  May sleep. */

static inline void mount_put_cleanup(struct mount **mnt)
{
	if (*mnt)
		mount_put(*mnt);
}

#define cleanup_mount __attribute__((cleanup(mount_put_cleanup)))

/*
 * mount_attach - let @mnt stand at @at
 *
 * Takes references of its own.  Locks: takes LOCK_MOUNTS.  May sleep.
 * Return: 0, -ENOENT (@at was removed), -ENOTDIR (one is a directory, the other
 * not), -EINVAL (@at is detached), -ENOSPC (too many mounts).
 */
int mount_attach(struct mount *mnt, const struct path *at) must_check;

/*
 * mount_detach - take @mnt out of the tree
 * @flags: MNT_DETACH takes the mounts below along and does not mind users
 *
 * Return: 0, -EBUSY (in use, or mounts below), -EINVAL (not attached, or the
 * top, or MNT_LOCKED).
 */
int mount_detach(struct mount *mnt, int flags) must_check;

/* mount_move - let @mnt stand at @at instead; -ELOOP below itself, -EINVAL if locked */
int mount_move(struct mount *mnt, const struct path *at) must_check;

/*
 * mount_bind - a new mount of what @from shows
 * @recursive: the mounts below it too; without it -EINVAL when one of them is
 *	MNT_LOCKED, for it may be there to hide something
 */
int mount_bind(const struct path *from, bool recursive, struct mount **ret) must_check;

/* mount_at - the topmost mount standing at @mnt, @d; a reference or NULL.  Never sleeps. */
struct mount *mount_at(struct mount *mnt, struct dentry *d);

/* mount_of - where @mnt stands; false for a top.  *@ret is counted. */
bool mount_point(struct mount *mnt, struct path *ret) must_check;

/* mount_is_rdonly - -EROFS is due for changes: by mount or by super */
bool mount_is_rdonly(const struct mount *mnt);

/* mount_flags - MNT_*; none for NULL, a file that stands in no tree */
static inline u32 mount_flags(const struct mount *mnt)
{
	return mnt ? __atomic_load_n(&mnt->flags, __ATOMIC_RELAXED) : 0;
}

/*
 * mnt_ns_for_each - call @fn for every mount, parents first
 *
 * Locks: LOCK_MOUNTS is held around @fn, which may take LOCK_DCACHE (d_path) and
 * may not mount.  Ends early when @fn returns non-zero, and returns that.
 */
int mnt_ns_for_each(struct mnt_ns *ns, int (*fn)(struct mount *mnt, void *arg), void *arg);

/* mnt_ns_sync - sync every super that is mounted in the namespace of @mnt.  May sleep. */
void mnt_ns_sync(struct mount *mnt);

/* mount_show_flags - "rw,nosuid,relatime" as mountinfo has it; length, as snprintf */
size_t mount_show_flags(u32 flags, char *buf, size_t size);

/*
 * vfs_mount - mount(2) after its strings were copied in
 * @flags: MS_*
 *
 * Return: 0, -EPERM without CAP_SYS_ADMIN, -ENODEV for an unknown type, -EBUSY,
 * -EINVAL, and what path walk and the file system say.
 */
int vfs_mount(const struct cred *cred, const char *source, const struct path *source_path,
	      const struct path *at, const char *type, unsigned long flags, const char *data)
	must_check;
int vfs_umount(const struct cred *cred, const struct path *at, int flags) must_check;
