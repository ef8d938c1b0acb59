/*
 * Attributes (attr.h): who may change what, as Linux's setattr_prepare() has it.
 */
#include "fs/attr.h"

#include <linux/stat.h>
#include <string.h>
#include <sys/statvfs.h>

#include "abi/stat.h"
#include "fs/dentry.h"
#include "fs/file.h"
#include "fs/fsnotify.h"
#include "fs/internal.h"
#include "fs/mount.h"
#include "fs/still.h"
#include "fs/super.h"
#include "kernel/cred.h"
#include "mm/mm.h"

#define ST_VALID     0x20
#define RELATIME_AGE (24 * 3600)

int inode_setattr_locked(struct inode *inode, const struct iattr *attr) NO_TSA
{
	if (inode->ops->setattr)
		return inode->ops->setattr(inode, attr);
	if (attr->valid & ATTR_SIZE)
		return -EINVAL;
	inode_apply_attr_locked(inode, attr);
	return 0;
}

void attr_kill_priv(const struct inode *inode, struct iattr *attr, const struct cred *cred,
		    bool chown)
{
	u32 mode = attr->valid & ATTR_MODE ? attr->mode : inode_mode(inode) & 07777;
	bool keeps = !cred || cred_capable(cred, CAP_FSETID);
	u32 kill = 0;

	if (inode_is_dir(inode) || (keeps && !chown))
		return;
	attr->valid |= ATTR_KILL_PRIV;
	if (mode & S_ISUID)
		kill |= S_ISUID;
	/* Without group execution the bit means locking, and is its group's to keep. */
	if (mode & S_ISGID && (mode & S_IXGRP || (!keeps && !cred_in_group(cred, inode->gid))))
		kill |= S_ISGID;
	if (!kill)
		return;
	attr->mode = mode & ~kill;
	attr->valid |= ATTR_MODE;
}

static bool same_time_or_before(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec < b->tv_sec || (a->tv_sec == b->tv_sec && a->tv_nsec <= b->tv_nsec);
}

bool atime_is_old(const struct mount *mnt, const struct inode *inode, struct timespec *ret_now)
{
	u32 flags = mount_flags(mnt);
	struct timespec atime, mtime, ctime;

	if (inode->flags & INODE_NOATIME || flags & MNT_NOATIME || mount_is_rdonly(mnt))
		return false;
	if (flags & MNT_NODIRATIME && inode_is_dir(inode))
		return false;
	*ret_now = inode_now();
	/* Read while they change, they cost one update too many or too few. */
	atime = inode_time(&inode->atime);
	mtime = inode_time(&inode->mtime);
	ctime = inode_time(&inode->ctime);
	if (flags & MNT_RELATIME && !same_time_or_before(&atime, &mtime) &&
	    !same_time_or_before(&atime, &ctime) && ret_now->tv_sec - atime.tv_sec < RELATIME_AGE)
		return false;
	return !same_time_or_before(ret_now, &atime);
}

void touch_atime(const struct mount *mnt, struct inode *inode)
{
	struct timespec now;

	if (!atime_is_old(mnt, inode, &now))
		return;
	mutex_lock(&inode->mu);
	if (inode_is_still(inode))
		still_broken();
	inode_set_time(&inode->atime, &now);
	mutex_unlock(&inode->mu);
}

static int inode_getattr(struct inode *inode, struct kstat *ret)
{
	int err = 0;

	*ret = (struct kstat){0};
	if (inode->ops->getattr)
		err = inode->ops->getattr(inode, ret);
	else
		inode_fill_stat(inode, ret);
	ret->attributes_mask |= STATX_ATTR_IMMUTABLE | STATX_ATTR_APPEND | STATX_ATTR_MOUNT_ROOT;
	if (inode->flags & INODE_IMMUTABLE)
		ret->attributes |= STATX_ATTR_IMMUTABLE;
	if (inode->flags & INODE_APPEND)
		ret->attributes |= STATX_ATTR_APPEND;
	return err;
}

int vfs_getattr(const struct path *p, struct kstat *ret)
{
	int err = inode_getattr(p->dentry->inode, ret);

	if (!p->mnt)
		return err;
	ret->mnt_id = p->mnt->id;
	if (p->dentry == p->mnt->root)
		ret->attributes |= STATX_ATTR_MOUNT_ROOT;
	return err;
}

int vfs_fgetattr(struct file *f, struct kstat *ret)
{
	if (path_valid(&f->path))
		return vfs_getattr(&f->path, ret);
	if (f->inode)
		return inode_getattr(f->inode, ret);
	/* The one inode all anonymous files of Linux share. */
	*ret = (struct kstat){
		.mode = 0600,
		.nlink = 1,
		.ino = 1,
		.dev = 15,
		.blksize = PAGE_SIZE,
	};
	return 0;
}

int vfs_access(const struct path *p, int mask, const struct cred *cred)
{
	struct inode *inode = p->dentry->inode;
	u32 mode = inode_mode(inode);
	int err;

	if (mask & MAY_EXEC && S_ISREG(mode) && mount_flags(p->mnt) & MNT_NOEXEC)
		return -EACCES;
	err = inode_permission(inode, mask, cred);
	if (!err && mask & MAY_WRITE && !S_ISCHR(mode) && !S_ISBLK(mode) && !S_ISFIFO(mode) &&
	    !S_ISSOCK(mode) && mount_is_rdonly(p->mnt))
		err = -EROFS;
	return err;
}

static bool chown_ok(const struct inode *inode, const struct iattr *a, const struct cred *cred)
{
	bool owner = cred->fsuid == inode->uid;

	if (cred_capable(cred, CAP_CHOWN))
		return true;
	if (a->valid & ATTR_UID && !(owner && a->uid == inode->uid))
		return false;
	return !(a->valid & ATTR_GID) ||
	       (owner && (a->gid == inode->gid || cred_in_group(cred, a->gid)));
}

/* May @cred change what @a says; cuts a setgid bit that is not his to give. */
static int attr_check_locked(struct inode *inode, struct iattr *a, const struct cred *cred)
{
	if (inode->flags & (INODE_IMMUTABLE | INODE_APPEND))
		return -EPERM;
	if (!chown_ok(inode, a, cred))
		return -EPERM;
	/* As on Linux, also when it is a chown that takes setuid away. */
	if (a->valid & ATTR_MODE) {
		if (!inode_owner_or_capable(inode, cred))
			return -EPERM;
		if (!cred_in_group(cred, a->valid & ATTR_GID ? a->gid : inode->gid) &&
		    !cred_capable(cred, CAP_FSETID))
			a->mode &= ~(u32)S_ISGID;
	}
	if (a->valid & (ATTR_ATIME_SET | ATTR_MTIME_SET) && !inode_owner_or_capable(inode, cred))
		return -EPERM;
	return 0;
}

/* As on Linux, a lone time looks like what usually moves it. */
static u32 event_of(const struct iattr *a)
{
	bool atime = a->valid & ATTR_ATIME, mtime = a->valid & ATTR_MTIME;

	if (a->valid & (ATTR_MODE | ATTR_UID | ATTR_GID) || atime == mtime)
		return IN_ATTRIB;
	return atime ? IN_ACCESS : IN_MODIFY;
}

static int change(const struct path *p, struct iattr *a, const struct cred *cred)
{
	struct inode *inode = p->dentry->inode;
	int err;

	if (mount_is_rdonly(p->mnt))
		return -EROFS;
	a->ctime = inode_now();
	a->valid |= ATTR_CTIME;
	mutex_lock(&inode->mu);
	err = attr_check_locked(inode, a, cred);
	if (!err)
		err = inode_setattr_locked(inode, a);
	mutex_unlock(&inode->mu);
	if (!err)
		fsnotify_dentry(p->dentry, event_of(a));
	return err;
}

int vfs_chmod(const struct path *p, u32 mode, const struct cred *cred)
{
	struct iattr a = {.valid = ATTR_MODE, .mode = mode & 07777};
	struct inode *inode = p->dentry->inode;
	const u32 open = inode_is_dir(inode) ? S_IXOTH : S_IROTH, before = inode_mode(inode);
	int err;

	if (inode_is_symlink(inode))
		return -EOPNOTSUPP;
	err = change(p, &a, cred);
	if (!err && before & open && !(inode_mode(inode) & open))
		mm_hide_files();
	return err;
}

int vfs_chown(const struct path *p, u32 uid, u32 gid, const struct cred *cred)
{
	struct iattr a = {.uid = uid, .gid = gid};

	if (uid != UINT32_MAX)
		a.valid |= ATTR_UID;
	if (gid != UINT32_MAX)
		a.valid |= ATTR_GID;
	/* As on Linux, the superuser's chown clears them too. */
	if (!inode_is_dir(p->dentry->inode))
		attr_kill_priv(p->dentry->inode, &a, cred, true);
	return change(p, &a, cred);
}

static void set_time(struct iattr *a, const struct timespec *given, u32 valid, u32 valid_set,
		     struct timespec *dst, const struct timespec *now)
{
	if (given && given->tv_nsec == UTIME_OMIT)
		return;
	a->valid |= valid;
	*dst = *now;
	if (!given || given->tv_nsec == UTIME_NOW)
		return;
	*dst = *given;
	a->valid |= valid_set;
}

int vfs_utimes(const struct path *p, const struct timespec *times, const struct cred *cred)
{
	struct inode *inode = p->dentry->inode;
	struct timespec now = inode_now();
	struct iattr a = {0};
	int err;

	if (times && times[0].tv_nsec == UTIME_OMIT && times[1].tv_nsec == UTIME_OMIT)
		return 0;
	set_time(&a, times, ATTR_ATIME, ATTR_ATIME_SET, &a.atime, &now);
	set_time(&a, times ? times + 1 : NULL, ATTR_MTIME, ATTR_MTIME_SET, &a.mtime, &now);
	if (mount_is_rdonly(p->mnt))
		return -EROFS;
	/* Both to now is open to those who may write; anything else only to the owner. */
	if (a.valid == (ATTR_ATIME | ATTR_MTIME)) {
		if (inode->flags & INODE_IMMUTABLE)
			return -EPERM;
		if (!inode_owner_or_capable(inode, cred)) {
			err = inode_permission(inode, MAY_WRITE, cred);
			if (err)
				return err;
		}
		a.valid |= ATTR_CTIME;
		a.ctime = now;
		mutex_lock(&inode->mu);
		err = inode_setattr_locked(inode, &a);
		mutex_unlock(&inode->mu);
		if (!err)
			fsnotify_dentry(p->dentry, IN_ATTRIB);
		return err;
	}
	a.valid |= ATTR_ATIME_SET;
	return change(p, &a, cred);
}

static int do_truncate(struct inode *inode, u64 size, u64 fsize_limit, const struct cred *cred)
{
	struct timespec now = inode_now();
	struct iattr a = {
		.valid = ATTR_SIZE | ATTR_MTIME | ATTR_CTIME,
		.size = size,
		.mtime = now,
		.ctime = now,
	};
	int err = 0;

	if (inode->flags & INODE_APPEND)
		return -EPERM;
	if (size > inode->super->maxbytes)
		return -EFBIG;
	attr_kill_priv(inode, &a, cred, false);
	mutex_lock(&inode->mu);
	if (size > inode->size && size > fsize_limit)
		err = -EFBIG;
	else
		err = inode_setattr_locked(inode, &a);
	mutex_unlock(&inode->mu);
	return err;
}

int vfs_truncate(const struct path *p, u64 size, u64 fsize_limit, const struct cred *cred)
{
	struct inode *inode = p->dentry->inode;
	int err;

	if ((off_t)size < 0)
		return -EINVAL;
	if (inode_is_dir(inode))
		return -EISDIR;
	if (!inode_is_reg(inode))
		return -EINVAL;
	if (mount_is_rdonly(p->mnt))
		return -EROFS;
	err = inode_permission(inode, MAY_WRITE, cred);
	if (!err)
		err = inode_get_write(inode);
	if (err)
		return err;
	err = do_truncate(inode, size, fsize_limit, cred);
	inode_put_write(inode);
	if (!err)
		fsnotify_dentry(p->dentry, IN_MODIFY);
	return err;
}

int vfs_ftruncate(struct file *f, u64 size, u64 fsize_limit, const struct cred *cred)
{
	int err;

	if ((off_t)size < 0)
		return -EINVAL;
	if (f->mode & FMODE_PATH)
		return -EBADF;
	if (!file_is_reg(f) || !(f->mode & FMODE_WRITE))
		return -EINVAL;
	err = do_truncate(f->inode, size, fsize_limit, cred);
	if (!err)
		fsnotify_file(f, IN_MODIFY);
	return err;
}

int vfs_statfs(const struct path *p, struct kstatfs *ret)
{
	struct super *super = p->dentry->super;
	u32 flags = mount_flags(p->mnt);
	int err = 0;

	*ret = (struct kstatfs){.bsize = super->blksize};
	if (super->ops->statfs)
		err = super->ops->statfs(super, ret);
	ret->type = super->magic;
	ret->fsid = super->dev;
	if (!ret->namelen)
		ret->namelen = NAME_LEN_MAX;
	if (!ret->frsize)
		ret->frsize = ret->bsize;
	ret->flags = ST_VALID | (mount_is_rdonly(p->mnt) ? ST_RDONLY : 0) |
		     (flags & MNT_NOSUID ? ST_NOSUID : 0) | (flags & MNT_NODEV ? ST_NODEV : 0) |
		     (flags & MNT_NOEXEC ? ST_NOEXEC : 0) | (flags & MNT_NOATIME ? ST_NOATIME : 0) |
		     (flags & MNT_NODIRATIME ? ST_NODIRATIME : 0) |
		     (flags & MNT_RELATIME ? ST_RELATIME : 0);
	return err;
}

void kstat_to_linux(const struct kstat *k, struct linux_stat *ret)
{
	*ret = (struct linux_stat){
		.st_dev = k->dev,
		.st_ino = k->ino,
		.st_nlink = k->nlink,
		.st_mode = k->mode,
		.st_uid = k->uid,
		.st_gid = k->gid,
		.st_rdev = k->rdev,
		.st_size = (s64)k->size,
		.st_blksize = k->blksize,
		.st_blocks = (s64)k->blocks,
		.st_atime_sec = (u64)k->atime.tv_sec,
		.st_atime_nsec = (u64)k->atime.tv_nsec,
		.st_mtime_sec = (u64)k->mtime.tv_sec,
		.st_mtime_nsec = (u64)k->mtime.tv_nsec,
		.st_ctime_sec = (u64)k->ctime.tv_sec,
		.st_ctime_nsec = (u64)k->ctime.tv_nsec,
	};
}
