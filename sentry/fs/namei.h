/*
 * From a string to a place.
 *
 * A walk needs to know who walks and from where: struct namei_base.  Handlers
 * fill it from the task (namei_base_task), tests and the sentry's own code by
 * hand.  Everything else takes the base and a string in sentry memory.
 *
 * Locks: a walk holds LOCK_DCACHE for stretches of cached names and nothing when
 * it asks a file system.  All functions may sleep.
 */
#pragma once
#include "fs/path.h"
#include "lib/base.h"

struct cred;
struct fs_struct;
struct inode;
struct open_how;
struct qname;
struct task;

#define NAMEI_PATH_MAX     4096 /* with the terminating NUL */
#define NAMEI_SYMLINKS_MAX 40

/* Who walks, from where. */
struct namei_base {
	const struct cred *cred; /* the caller's, kept alive by him */
	struct task *task;       /* NULL: the sentry itself; for /proc/self */
	struct path root;        /* counted: "/" and where ".." stops */
	struct path cwd;         /* counted: where a relative string starts (cwd or dirfd) */
	bool borrowed;           /* root and cwd are not counted: a task's own, which stay */
	u32 umask;
	u64 resolve; /* RESOLVE_* of openat2(2) */
};

/*
 * namei_base_task - the base of a system call
 * @dirfd: AT_FDCWD or a descriptor; looked at only if @name is relative
 * @name: the string that will be walked
 *
 * The result holds references: namei_base_fini().
 * Return: 0, -EBADF, -ENOTDIR (a file, and @name is not empty).
 */
int namei_base_task(struct task *t, int dirfd, const char *name, struct namei_base *ret) must_check;

/* namei_base_init - for code without a task; takes references of both paths */
void namei_base_init(struct namei_base *base, const struct cred *cred, const struct path *root,
		     const struct path *cwd);
void namei_base_fini(struct namei_base *base);

#define cleanup_namei_base __attribute__((cleanup(namei_base_fini)))

/* Flags of a walk. */
#define LOOKUP_FOLLOW    (1u << 0) /* follow a symlink at the end */
#define LOOKUP_DIRECTORY (1u << 1) /* -ENOTDIR unless the end is a directory */
#define LOOKUP_OPEN      (1u << 3) /* the end is to be opened: file systems are told early */
#define LOOKUP_EMPTY     (1u << 2) /* "" names base->cwd itself (AT_EMPTY_PATH) */

/*
 * path_lookup - walk @name
 * @ret: counted, never negative
 *
 * Return: 0, -ENOENT, -ENOTDIR, -EACCES, -ELOOP, -ENAMETOOLONG, -EXDEV (RESOLVE_BENEATH,
 * RESOLVE_NO_XDEV), -EAGAIN (RESOLVE_CACHED), or a file system's error.
 */
int path_lookup(const struct namei_base *base, const char *name, unsigned flags, struct path *ret)
	must_check;

/*
 * path_lookup_user - copy @upath from @t and walk it
 *
 * What most handlers want: strncpy_from_user, namei_base_task, path_lookup.
 * Return: as those; -EFAULT.
 */
int path_lookup_user(struct task *t, int dirfd, uaddr_t upath, unsigned flags, struct path *ret)
	must_check;

/* The last component of a walk that is to be made or removed. */
enum last_type {
	LAST_NAME, /* an ordinary name */
	LAST_DOT,
	LAST_DOTDOT,
	LAST_ROOT, /* the string was "/" */
};

struct last_name {
	enum last_type type;
	bool slash;      /* slashes followed it */
	const char *str; /* points into the string that was walked */
	size_t len;
};

/*
 * path_parent - walk all but the last component
 * @ret: the directory it would stand in; counted
 * @ret_last: what is left; valid as long as @name
 */
int path_parent(const struct namei_base *base, const char *name, struct path *ret,
		struct last_name *ret_last) must_check;

/* namei_step_down - cross onto the mounts that stand at *@p; consumes and replaces it */
void namei_step_down(struct path *p);

/* namei_dotdot - the parent of *@p, not above @root; consumes and replaces it */
void namei_dotdot(struct path *p, const struct path *root);
