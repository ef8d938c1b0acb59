/*
 * rename(2) and renameat2(2) (dirops.h).
 *
 * Directories that change parent hold the super's rename_mu, so that nobody's
 * ancestors move meanwhile; both directories are locked ancestor first, then by
 * address; a directory that is replaced or moved is locked last.
 */
#include <stdio.h>

#include "fs/dcache.h"
#include "fs/dirops.h"
#include "fs/fsnotify.h"
#include "fs/internal.h"
#include "fs/mount.h"
#include "fs/super.h"
#include "kernel/cred.h"
#include "mm/mm.h"

struct renaming {
	struct path olddir, newdir; /* counted */
	struct last_name oldlast, newlast;
	struct dentry *old, *new; /* counted */
	unsigned flags;
	const struct cred *cred;
};

/* Two dentries of one directory may exist after an invalidation: inodes decide. */
static void lock_dirs(struct dentry *a, struct dentry *b) NO_TSA
{
	if (a->inode == b->inode) {
		mutex_lock(&a->inode->dir_mu);
		return;
	}
	mutex_lock(&a->super->rename_mu);
	if (dentry_is_below(a, b) || (!dentry_is_below(b, a) && a->inode > b->inode)) {
		struct dentry *t = a;

		a = b;
		b = t;
	}
	mutex_lock(&a->inode->dir_mu);
	mutex_lock_nested(&b->inode->dir_mu);
}

static void unlock_dirs(struct dentry *a, struct dentry *b) NO_TSA
{
	mutex_unlock(&a->inode->dir_mu);
	if (a->inode == b->inode)
		return;
	mutex_unlock(&b->inode->dir_mu);
	mutex_unlock(&a->super->rename_mu);
}

static int lookup_both_locked(struct renaming *r)
{
	struct qname q = qname_make(r->oldlast.str, r->oldlast.len);
	int err = dentry_lookup_locked(r->olddir.dentry, &q, &r->old);

	if (err)
		return err;
	if (dentry_is_negative(r->old))
		return -ENOENT;
	q = qname_make(r->newlast.str, r->newlast.len);
	err = dentry_lookup_locked(r->newdir.dentry, &q, &r->new);
	if (err)
		return err;
	if (r->flags & RENAME_NOREPLACE && !dentry_is_negative(r->new))
		return -EEXIST;
	if (r->flags & RENAME_EXCHANGE && dentry_is_negative(r->new))
		return -ENOENT;
	return 0;
}

/* Slashes after the names, and loops. */
static int check_shape(const struct renaming *r)
{
	bool exchange = r->flags & RENAME_EXCHANGE;

	if (exchange && r->newlast.slash && !inode_is_dir(r->new->inode))
		return -ENOTDIR;
	if (!inode_is_dir(r->old->inode)) {
		if (r->oldlast.slash || (!exchange && r->newlast.slash))
			return -ENOTDIR;
	}
	if (r->olddir.dentry != r->newdir.dentry) {
		if (dentry_is_below(r->newdir.dentry, r->old))
			return -EINVAL;
		if (dentry_is_below(r->olddir.dentry, r->new))
			return exchange ? -EINVAL : -ENOTEMPTY;
	}
	return mount_is_rdonly(r->newdir.mnt) ? -EROFS : 0;
}

/* The rules of unlink for @d in @dir, and of moving a directory's "..". */
static int may_move(const struct renaming *r, const struct path *dir, const struct dentry *d)
{
	const struct inode *parent = dir->dentry->inode;
	struct inode *inode = d->inode;
	int err = inode_permission(dir->dentry->inode, MAY_WRITE | MAY_EXEC, r->cred);

	if (err)
		return err;
	if (inode_mode(parent) & S_ISVTX && r->cred->fsuid != inode->uid &&
	    r->cred->fsuid != parent->uid && !cred_capable(r->cred, CAP_FOWNER))
		return -EPERM;
	if ((parent->flags & INODE_APPEND) || inode->flags & (INODE_APPEND | INODE_IMMUTABLE))
		return -EPERM;
	if (parent->flags & INODE_DEAD_DIR)
		return -ENOENT;
	return 0;
}

static int check_new(const struct renaming *r)
{
	bool is_dir = inode_is_dir(r->old->inode);
	int err;

	if (dentry_is_negative(r->new))
		return may_create(&r->newdir, r->cred);
	err = may_move(r, &r->newdir, r->new);
	if (!err && !(r->flags & RENAME_EXCHANGE) && is_dir != inode_is_dir(r->new->inode))
		err = is_dir ? -ENOTDIR : -EISDIR;
	return err;
}

static int check_rights(const struct renaming *r)
{
	struct inode *inode = r->old->inode, *other = r->new->inode;
	bool moves = r->olddir.dentry != r->newdir.dentry;
	int err = may_move(r, &r->olddir, r->old);

	if (!err)
		err = check_new(r);
	if (!err && moves && inode_is_dir(inode))
		err = inode_permission(inode, MAY_WRITE, r->cred);
	if (!err && moves && r->flags & RENAME_EXCHANGE && inode_is_dir(other))
		err = inode_permission(other, MAY_WRITE, r->cred);
	if (!err && (r->old->mounted || r->new->mounted))
		err = -EBUSY;
	return err;
}

/* The dentries have changed places: names are those of before. */
static void notify_rename(const struct renaming *r, const struct inode *victim)
{
	struct inode *olddir = r->olddir.dentry->inode, *newdir = r->newdir.dentry->inode;
	struct inode *inode = r->old->inode, *other = r->new->inode;
	u32 cookie = fsnotify_cookie();

	fsnotify_name(olddir, IN_MOVED_FROM, &r->new->name, inode, cookie);
	fsnotify_name(newdir, IN_MOVED_TO, &r->old->name, inode, cookie);
	fsnotify_inode(inode, IN_MOVE_SELF);
	if (r->flags & RENAME_EXCHANGE) {
		cookie = fsnotify_cookie();
		fsnotify_name(newdir, IN_MOVED_FROM, &r->old->name, other, cookie);
		fsnotify_name(olddir, IN_MOVED_TO, &r->new->name, other, cookie);
		fsnotify_inode(other, IN_MOVE_SELF);
	} else if (victim) {
		fsnotify_inode(other, IN_ATTRIB);
	}
}

static int rename_locked(struct renaming *r) NO_TSA
{
	struct inode *olddir = r->olddir.dentry->inode;
	struct inode *victim = r->new->inode;
	bool exchange = r->flags & RENAME_EXCHANGE;
	bool lock_victim = victim && !exchange && inode_is_dir(victim);
	int err;

	if (!olddir->ops->rename)
		return -EPERM;
	if (lock_victim)
		mutex_lock_nested(&victim->dir_mu);
	err = olddir->ops->rename(olddir, &r->old->name, r->old->inode, r->newdir.dentry->inode,
				  &r->new->name, victim, r->flags & ~(unsigned)RENAME_NOREPLACE);
	if (!err && lock_victim)
		victim->flags |= INODE_DEAD_DIR;
	if (lock_victim)
		mutex_unlock(&victim->dir_mu);
	if (!err)
		dentry_move(r->old, r->new, exchange);
	if (!err && fsnotify_anybody())
		notify_rename(r, victim);
	return err;
}

static int do_rename_locked(struct renaming *r)
{
	int err = lookup_both_locked(r);

	if (!err)
		err = check_shape(r);
	/* Two names of one file: nothing to do. */
	if (!err && r->old->inode == r->new->inode)
		return 0;
	if (!err)
		err = check_rights(r);
	return err ? err : rename_locked(r);
}

static int renaming_begin(const struct namei_base *oldbase, const char *oldname,
			  const struct namei_base *newbase, const char *newname, struct renaming *r)
{
	int err = path_parent(oldbase, oldname, &r->olddir, &r->oldlast);

	if (!err)
		err = path_parent(newbase, newname, &r->newdir, &r->newlast);
	if (err)
		return err;
	if (r->olddir.mnt != r->newdir.mnt)
		return -EXDEV;
	if (r->oldlast.type != LAST_NAME)
		return -EBUSY;
	if (r->newlast.type != LAST_NAME)
		return r->flags & RENAME_NOREPLACE ? -EEXIST : -EBUSY;
	return 0;
}

static void renaming_end(struct renaming *r)
{
	if (r->old)
		dentry_put(r->old);
	if (r->new)
		dentry_put(r->new);
	path_put(&r->olddir);
	path_put(&r->newdir);
}

/* May anybody reach what stands in @dir? */
static bool is_public(const struct path *dir)
{
	return inode_mode(dir->dentry->inode) & S_IXOTH && path_is_public(dir);
}

int vfs_rename(const struct namei_base *oldbase, const char *oldname,
	       const struct namei_base *newbase, const char *newname, unsigned flags)
{
	struct renaming r = {.flags = flags, .cred = oldbase->cred};
	int err;

	if (flags & ~(unsigned)(RENAME_NOREPLACE | RENAME_EXCHANGE))
		return -EINVAL;
	if (flags & RENAME_NOREPLACE && flags & RENAME_EXCHANGE)
		return -EINVAL;
	err = renaming_begin(oldbase, oldname, newbase, newname, &r);
	if (!err) {
		lock_dirs(r.olddir.dentry, r.newdir.dentry);
		err = do_rename_locked(&r);
		unlock_dirs(r.olddir.dentry, r.newdir.dentry);
	}
	if (!err && r.olddir.dentry != r.newdir.dentry &&
	    is_public(&r.olddir) != is_public(&r.newdir))
		mm_hide_files();
	renaming_end(&r);
	return err;
}
