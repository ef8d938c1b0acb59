/*
 * What a task's path walks start from; shared by tasks that say CLONE_FS.
 *
 * Locks: mu (LOCK_FS) guards root, cwd and umask.
 */
#pragma once
#include "fs/path.h"
#include "lib/base.h"
#include "lib/mutex.h"
#include "lib/ref.h"

struct fs_struct {
	struct ref ref;
	struct mutex mu;  /* LOCK_FS */
	struct path root; /* guarded by mu; counted */
	struct path cwd;  /* guarded by mu; counted */
	u32 umask;        /* atomic */
};

/* fs_struct_create - takes references of both paths; umask 022 */
int fs_struct_create(const struct path *root, const struct path *cwd, struct fs_struct **ret)
	must_check;

/* fs_struct_copy - for clone() without CLONE_FS, and unshare() */
int fs_struct_copy(struct fs_struct *old, struct fs_struct **ret) must_check;
struct fs_struct *fs_struct_get(struct fs_struct *fs);
void fs_struct_put(struct fs_struct *fs); /* Locks: none.  May sleep. */

/* fs_struct_sees_all - no chroot(2) is in force.  Locks: takes LOCK_FS and LOCK_MOUNTS */
bool fs_struct_sees_all(struct fs_struct *fs);

/* fs_struct_paths - counted copies of root and cwd; either may be NULL */
void fs_struct_paths(struct fs_struct *fs, struct path *ret_root, struct path *ret_cwd);

/* fs_struct_set_root, _set_cwd - take a reference of *@p, drop the old one */
void fs_struct_set_root(struct fs_struct *fs, const struct path *p);
void fs_struct_set_cwd(struct fs_struct *fs, const struct path *p);

static inline u32 fs_struct_umask(const struct fs_struct *fs)
{
	return __atomic_load_n(&fs->umask, __ATOMIC_RELAXED);
}

/* fs_struct_set_umask - Return: the one before */
static inline u32 fs_struct_set_umask(struct fs_struct *fs, u32 umask)
{
	return __atomic_exchange_n(&fs->umask, umask & 0777, __ATOMIC_RELAXED);
}
