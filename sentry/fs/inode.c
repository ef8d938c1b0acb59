/*
 * The base of every inode: counts, times, write access, permission bits.
 */
#include "fs/inode.h"

#include <sys/sysmacros.h>

#include "fs/flock.h"
#include "fs/stat.h"
#include "fs/super.h"
#include "kernel/cred.h"
#include "lib/alloc.h"

struct timespec inode_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME_COARSE, &ts);
	return ts;
}

void inode_init(struct inode *inode, struct super *super, const struct inode_ops *ops, u64 ino,
		u32 mode)
{
	bool layer = super->flags & SUPER_LAYER;

	ref_init(&inode->ref);
	inode->ops = ops;
	inode->super = super_get(super);
	inode->ino = ino;
	inode->mode = mode;
	inode->nlink = S_ISDIR(mode) ? 2 : 1;
	inode->blksize = super->blksize;
	mutex_init(&inode->dir_mu, layer ? LOCK_LAYER_DIR : LOCK_DIR);
	mutex_init(&inode->mu, layer ? LOCK_LAYER : LOCK_INODE);
	inode->btime = inode_now();
	inode->atime = inode->btime;
	inode->mtime = inode->btime;
	inode->ctime = inode->btime;
}

void inode_fini(struct inode *inode)
{
	flock_inode_gone(inode);
	kfree(inode->link);
	super_put(inode->super);
}

struct inode *inode_get(struct inode *inode)
{
	ref_get(&inode->ref);
	return inode;
}

void inode_put(struct inode *inode)
{
	if (ref_put(&inode->ref))
		inode->ops->release(inode);
}

void inode_touch_ctime_locked(struct inode *inode) NO_TSA
{
	struct timespec now = inode_now();

	inode_set_time(&inode->ctime, &now);
	inode->version++;
}

void inode_touch_locked(struct inode *inode) NO_TSA
{
	inode_touch_ctime_locked(inode);
	inode_set_time(&inode->mtime, &inode->ctime);
}

int inode_get_write(struct inode *inode)
{
	s32 n = __atomic_load_n(&inode->writecount, __ATOMIC_RELAXED);

	do {
		if (n < 0)
			return -ETXTBSY;
	} while (!__atomic_compare_exchange_n(&inode->writecount, &n, n + 1, true, __ATOMIC_ACQ_REL,
					      __ATOMIC_RELAXED));
	return 0;
}

void inode_put_write(struct inode *inode)
{
	__atomic_sub_fetch(&inode->writecount, 1, __ATOMIC_ACQ_REL);
}

int inode_deny_write(struct inode *inode)
{
	s32 n = __atomic_load_n(&inode->writecount, __ATOMIC_RELAXED);

	do {
		if (n > 0)
			return -ETXTBSY;
	} while (!__atomic_compare_exchange_n(&inode->writecount, &n, n - 1, true, __ATOMIC_ACQ_REL,
					      __ATOMIC_RELAXED));
	return 0;
}

void inode_allow_write(struct inode *inode)
{
	__atomic_add_fetch(&inode->writecount, 1, __ATOMIC_ACQ_REL);
}

int inode_mode_permits(u32 mode, u32 uid, u32 gid, int mask, const struct cred *cred)
{
	u32 bits = mode;
	int denied;

	if (cred->fsuid == uid)
		bits >>= 6;
	else if (((bits >> 3) ^ bits) & 7 && cred_in_group(cred, gid))
		bits >>= 3;
	denied = mask & ~(int)(bits & 7);
	if (likely(!denied))
		return 0;
	if (S_ISDIR(mode)) {
		if (!(mask & MAY_WRITE) && cred_capable(cred, CAP_DAC_READ_SEARCH))
			return 0;
		return cred_capable(cred, CAP_DAC_OVERRIDE) ? 0 : -EACCES;
	}
	if (mask == MAY_READ && cred_capable(cred, CAP_DAC_READ_SEARCH))
		return 0;
	if ((!(mask & MAY_EXEC) || mode & 0111) && cred_capable(cred, CAP_DAC_OVERRIDE))
		return 0;
	return -EACCES;
}

int inode_permission(struct inode *inode, int mask, const struct cred *cred)
{
	u32 mode = inode_mode(inode);

	if (mask & MAY_WRITE) {
		if (super_is_rdonly(inode->super) &&
		    (S_ISREG(mode) || S_ISDIR(mode) || S_ISLNK(mode)))
			return -EROFS;
		if (inode->flags & INODE_IMMUTABLE)
			return -EPERM;
	}
	if (inode->ops->permission)
		return inode->ops->permission(inode, mask, cred);
	return inode_mode_permits(mode, __atomic_load_n(&inode->uid, __ATOMIC_RELAXED),
				  __atomic_load_n(&inode->gid, __ATOMIC_RELAXED), mask, cred);
}

bool inode_owner_or_capable(const struct inode *inode, const struct cred *cred)
{
	return cred->fsuid == __atomic_load_n(&inode->uid, __ATOMIC_RELAXED) ||
	       cred_capable(cred, CAP_FOWNER);
}

void inode_fill_stat(struct inode *inode, struct kstat *ret)
{
	mutex_lock(&inode->mu);
	*ret = (struct kstat){
		.dev = inode->super->dev,
		.ino = inode->ino,
		.rdev = inode->rdev,
		.mode = inode->mode,
		.nlink = inode->nlink,
		.uid = inode->uid,
		.gid = inode->gid,
		.size = inode->size,
		.blocks = inode->blocks,
		.blksize = inode->blksize,
		.atime = inode->atime,
		.mtime = inode->mtime,
		.ctime = inode->ctime,
		.btime = inode->btime,
		.has_btime = true,
	};
	mutex_unlock(&inode->mu);
}

/* Single words that are read without mu are stored whole. */
static void store32(u32 *p, u32 v)
{
	__atomic_store_n(p, v, __ATOMIC_RELAXED);
}

void inode_apply_attr_locked(struct inode *inode, const struct iattr *attr) NO_TSA
{
	u32 mode = inode->mode;

	if (attr->valid & ATTR_UID)
		store32(&inode->uid, attr->uid);
	if (attr->valid & ATTR_GID)
		store32(&inode->gid, attr->gid);
	if (attr->valid & ATTR_MODE)
		mode = (mode & S_IFMT) | (attr->mode & 07777);
	store32(&inode->mode, mode);
	if (attr->valid & ATTR_ATIME)
		inode_set_time(&inode->atime, &attr->atime);
	if (attr->valid & ATTR_MTIME)
		inode_set_time(&inode->mtime, &attr->mtime);
	if (attr->valid & ATTR_CTIME)
		inode_set_time(&inode->ctime, &attr->ctime);
	inode->version++;
}
