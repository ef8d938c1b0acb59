/*
 * Changing directories: what mkdir, mknod, symlink, link, unlink, rmdir and
 * rename do once their strings are in sentry memory.
 *
 * Every function walks, checks (permissions, read-only mounts, sticky bit,
 * protected hard links), changes, and updates the dentry cache.
 *
 * Locks: take LOCK_RENAME (renames of directories), LOCK_DIR and below; none may
 * be held.  May sleep.
 */
#pragma once
#include "fs/namei.h"
#include "lib/base.h"

/*
 * vfs_mknod - make a file of any type but directory and symlink
 * @mode: type and permissions; umask is applied here
 *
 * Return: 0, -EEXIST, -EPERM (device without CAP_MKNOD), -EROFS, -EACCES, -EINVAL, -ENOENT...
 */
int vfs_mknod(const struct namei_base *base, const char *name, u32 mode, u64 rdev) must_check;

/* vfs_mknod_path - as vfs_mknod, and *@ret is the new file's path (bind(2) of a Unix socket) */
int vfs_mknod_path(const struct namei_base *base, const char *name, u32 mode, u64 rdev,
		   struct path *ret) must_check;
int vfs_mkdir(const struct namei_base *base, const char *name, u32 mode) must_check;
int vfs_symlink(const struct namei_base *base, const char *target, const char *name) must_check;

/* vfs_link - @old: what gets another name, already walked */
int vfs_link(const struct path *old, const struct namei_base *base, const char *name) must_check;
int vfs_unlink(const struct namei_base *base, const char *name) must_check;
int vfs_rmdir(const struct namei_base *base, const char *name) must_check;

/* vfs_rename - @flags: RENAME_NOREPLACE, RENAME_EXCHANGE, RENAME_WHITEOUT (CAP_MKNOD) */
int vfs_rename(const struct namei_base *oldbase, const char *oldname,
	       const struct namei_base *newbase, const char *newname, unsigned flags) must_check;

/* vfs_readlink - the target of the link at *@p; length, cut at @size; -EINVAL if it is none */
ssize_t vfs_readlink(const struct path *p, struct task *t, char *buf, size_t size) must_check;
