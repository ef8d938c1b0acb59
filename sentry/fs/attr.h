/*
 * Attributes: stat, chmod, chown, utimes, truncate, access, xattrs, statfs.
 *
 * All take a place or file already found, check the caller's rights and the
 * mount, and call the inode's operations.
 *
 * Locks: LOCK_INODE is taken.  May sleep.
 */
#pragma once
#include "fs/path.h"
#include "fs/stat.h"
#include "lib/base.h"

struct linux_stat;

/* vfs_getattr - what statx(2) says about *@p */
int vfs_getattr(const struct path *p, struct kstat *ret) must_check;

/* vfs_fgetattr - of an open file; those without an inode look like Linux's anonymous ones */
int vfs_fgetattr(struct file *f, struct kstat *ret) must_check;

/* kstat_to_linux - as stat(2) lays it out; all of *@ret */
void kstat_to_linux(const struct kstat *k, struct linux_stat *ret);

/* atime_is_old - would a read through @mnt move it, by its rules; to *@ret_now */
bool atime_is_old(const struct mount *mnt, const struct inode *inode, struct timespec *ret_now);

/* vfs_access - @mask MAY_* or 0 for existence; -EROFS, -EACCES */
int vfs_access(const struct path *p, int mask, const struct cred *cred) must_check;

int vfs_chmod(const struct path *p, u32 mode, const struct cred *cred) must_check;

/* vfs_chown - (u32)-1 leaves an id alone; clears setuid and setgid as Linux does */
int vfs_chown(const struct path *p, u32 uid, u32 gid, const struct cred *cred) must_check;

/* vfs_utimes - @times[2]: UTIME_NOW and UTIME_OMIT understood; NULL: both now */
int vfs_utimes(const struct path *p, const struct timespec *times, const struct cred *cred)
	must_check;

/*
 * vfs_truncate, vfs_ftruncate
 * @fsize_limit: RLIMIT_FSIZE of the caller
 *
 * Return: 0, -EFBIG (the handler sends SIGXFSZ when the limit was the cause),
 * -EISDIR, -EINVAL, -EPERM, -ETXTBSY, -EROFS, -EACCES.
 */
int vfs_truncate(const struct path *p, u64 size, u64 fsize_limit, const struct cred *cred)
	must_check;
int vfs_ftruncate(struct file *f, u64 size, u64 fsize_limit, const struct cred *cred) must_check;

/* vfs_statfs - also fills flags and fsid */
int vfs_statfs(const struct path *p, struct kstatfs *ret) must_check;

/*
 * Extended attributes.  @name: in sentry memory, terminated.  The name spaces
 * user, trusted, security and system have Linux's rules.
 */
ssize_t vfs_getxattr(const struct path *p, const char *name, void *buf, size_t size,
		     const struct cred *cred) must_check;
int vfs_setxattr(const struct path *p, const char *name, const void *value, size_t size, int flags,
		 const struct cred *cred) must_check;
int vfs_removexattr(const struct path *p, const char *name, const struct cred *cred) must_check;
ssize_t vfs_listxattr(const struct path *p, char *buf, size_t size, const struct cred *cred)
	must_check;
