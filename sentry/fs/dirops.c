/*
 * Making and removing names (dirops.h).
 *
 * Each operation walks to the parent, locks it, looks the name up again under
 * the lock, checks as Linux's fs/namei.c does and in its order, lets the file
 * system do it, and tells the dentry cache.
 */
#include "fs/dirops.h"

#include <string.h>

#include "fs/dcache.h"
#include "fs/fsnotify.h"
#include "fs/internal.h"
#include "fs/mount.h"
#include "fs/super.h"
#include "kernel/cred.h"
#include "lib/alloc.h"

int may_create(const struct path *dir, const struct cred *cred)
{
	struct inode *inode = dir->dentry->inode;

	if (inode->flags & INODE_DEAD_DIR)
		return -ENOENT;
	return inode_permission(inode, MAY_WRITE | MAY_EXEC, cred);
}

struct inode_new new_inode_owner(const struct inode *dir, u32 mode, const struct cred *cred)
{
	struct inode_new what = {.mode = mode, .uid = cred->fsuid, .gid = cred->fsgid};

	if (!(inode_mode(dir) & S_ISGID))
		return what;
	what.gid = dir->gid;
	if (S_ISDIR(mode))
		what.mode |= S_ISGID;
	else if ((mode & (S_ISGID | S_IXGRP)) == (S_ISGID | S_IXGRP) &&
		 !cred_in_group(cred, what.gid) && !cred_capable(cred, CAP_FSETID))
		what.mode &= ~(u32)S_ISGID;
	return what;
}

/* Where a name is to be made: its directory, locked, and the negative dentry. */
struct creation {
	struct path dir;       /* counted */
	struct dentry *dentry; /* counted */
};

static void creation_end(struct creation *c) NO_TSA
{
	if (!c->dentry)
		return;
	mutex_unlock(&c->dir.dentry->inode->dir_mu);
	dentry_put(c->dentry);
	path_put(&c->dir);
}

#define cleanup_creation __attribute__((cleanup(creation_end)))

/* The name must not be there; EEXIST wins over a read-only mount. */
static int creation_check(const struct creation *c, const struct last_name *last, bool is_dir)
{
	if (!dentry_is_negative(c->dentry))
		return -EEXIST;
	if (last->slash && !is_dir)
		return -ENOENT;
	return mount_is_rdonly(c->dir.mnt) ? -EROFS : 0;
}

static int creation_begin(const struct namei_base *base, const char *name, bool is_dir,
			  struct creation *ret) NO_TSA
{
	struct last_name last;
	struct creation c = {0};
	struct qname q;
	int err = path_parent(base, name, &c.dir, &last);

	if (err)
		return err;
	q = qname_make(last.str, last.len);
	mutex_lock(&c.dir.dentry->inode->dir_mu);
	err = last.type != LAST_NAME ? -EEXIST : dentry_lookup_locked(c.dir.dentry, &q, &c.dentry);
	if (!err)
		err = creation_check(&c, &last, is_dir);
	if (!err) {
		*ret = c;
		return 0;
	}
	mutex_unlock(&c.dir.dentry->inode->dir_mu);
	if (c.dentry)
		dentry_put(c.dentry);
	path_put(&c.dir);
	return err;
}

/* Check the right to, and let the file system make it; the dentry turns positive. */
static int creation_make(struct creation *c, const struct inode_new *what, const struct cred *cred)
{
	struct inode *dir = c->dir.dentry->inode;
	cleanup_inode struct inode *inode = NULL;
	int err = may_create(&c->dir, cred);

	if (err)
		return err;
	if ((S_ISCHR(what->mode) || S_ISBLK(what->mode)) && !cred_capable(cred, CAP_MKNOD))
		return -EPERM;
	if (!dir->ops->create)
		return -EPERM;
	err = dir->ops->create(dir, &c->dentry->name, what, &inode);
	if (err)
		return err;
	dentry_instantiate(c->dentry, inode);
	fsnotify_name(dir, IN_CREATE, &c->dentry->name, inode, 0);
	return 0;
}

static int check_mknod(u32 mode)
{
	switch (mode & S_IFMT) {
	case S_IFREG:
	case S_IFIFO:
	case S_IFSOCK:
	case S_IFCHR:
	case S_IFBLK:
		return 0;
	case S_IFDIR:
		return -EPERM;
	default:
		return -EINVAL;
	}
}

int vfs_mknod_path(const struct namei_base *base, const char *name, u32 mode, u64 rdev,
		   struct path *ret)
{
	cleanup_creation struct creation c = {0};
	struct inode_new what;
	int err;

	if (!(mode & S_IFMT))
		mode |= S_IFREG;
	err = check_mknod(mode);
	if (!err)
		err = creation_begin(base, name, false, &c);
	if (err)
		return err;
	what = new_inode_owner(c.dir.dentry->inode, mode & ~base->umask, base->cred);
	what.rdev = S_ISCHR(mode) || S_ISBLK(mode) ? rdev : 0;
	err = creation_make(&c, &what, base->cred);
	if (!err && ret)
		*ret = (struct path){mount_get(c.dir.mnt), dentry_get(c.dentry)};
	return err;
}

int vfs_mknod(const struct namei_base *base, const char *name, u32 mode, u64 rdev)
{
	return vfs_mknod_path(base, name, mode, rdev, NULL);
}

int vfs_mkdir(const struct namei_base *base, const char *name, u32 mode)
{
	cleanup_creation struct creation c = {0};
	struct inode_new what;
	int err = creation_begin(base, name, true, &c);

	if (err)
		return err;
	mode = (mode & (0777 | S_ISVTX) & ~base->umask) | S_IFDIR;
	what = new_inode_owner(c.dir.dentry->inode, mode, base->cred);
	return creation_make(&c, &what, base->cred);
}

int vfs_symlink(const struct namei_base *base, const char *target, const char *name)
{
	cleanup_creation struct creation c = {0};
	struct inode_new what;
	int err;

	if (!*target)
		return -ENOENT;
	err = creation_begin(base, name, false, &c);
	if (err)
		return err;
	what = new_inode_owner(c.dir.dentry->inode, S_IFLNK | 0777, base->cred);
	what.target = target;
	return creation_make(&c, &what, base->cred);
}

/* As Linux with fs.protected_hardlinks = 1. */
static int may_linkat(struct inode *inode, const struct cred *cred)
{
	u32 mode = inode_mode(inode);

	if (inode_owner_or_capable(inode, cred))
		return 0;
	if (!S_ISREG(mode) || mode & S_ISUID || (mode & (S_ISGID | S_IXGRP)) == (S_ISGID | S_IXGRP))
		return -EPERM;
	return inode_permission(inode, MAY_READ | MAY_WRITE, cred) ? -EPERM : 0;
}

static int check_link(const struct inode *dir, const struct inode *inode)
{
	if (inode->super != dir->super)
		return -EXDEV;
	if (inode->flags & (INODE_IMMUTABLE | INODE_APPEND) || !dir->ops->link ||
	    inode_is_dir(inode))
		return -EPERM;
	if (__atomic_load_n(&inode->nlink, __ATOMIC_RELAXED) == 0 &&
	    !(inode->flags & INODE_LINKABLE))
		return -ENOENT;
	return 0;
}

int vfs_link(const struct path *old, const struct namei_base *base, const char *name)
{
	cleanup_creation struct creation c = {0};
	struct inode *inode = old->dentry->inode;
	struct inode *dir;
	int err = creation_begin(base, name, false, &c);

	if (err)
		return err;
	if (old->mnt != c.dir.mnt)
		return -EXDEV;
	dir = c.dir.dentry->inode;
	err = may_linkat(inode, base->cred);
	if (!err)
		err = may_create(&c.dir, base->cred);
	if (!err)
		err = check_link(dir, inode);
	if (!err)
		err = dir->ops->link(dir, &c.dentry->name, inode);
	if (err)
		return err;
	dentry_instantiate(c.dentry, inode);
	fsnotify_inode(inode, IN_ATTRIB);
	fsnotify_name(dir, IN_CREATE, &c.dentry->name, inode, 0);
	return 0;
}

/* In a sticky directory only the owner of either may remove a name. */
static bool sticky_forbids(const struct inode *dir, const struct inode *inode,
			   const struct cred *cred)
{
	if (!(inode_mode(dir) & S_ISVTX) || cred->fsuid == inode->uid || cred->fsuid == dir->uid)
		return false;
	return !cred_capable(cred, CAP_FOWNER);
}

static int may_delete(const struct path *dir, const struct dentry *victim, bool want_dir,
		      const struct cred *cred)
{
	struct inode *inode = victim->inode;
	int err;

	err = inode_permission(dir->dentry->inode, MAY_WRITE | MAY_EXEC, cred);
	if (err)
		return err;
	if (dir->dentry->inode->flags & INODE_APPEND ||
	    sticky_forbids(dir->dentry->inode, inode, cred) ||
	    inode->flags & (INODE_APPEND | INODE_IMMUTABLE))
		return -EPERM;
	if (want_dir && !inode_is_dir(inode))
		return -ENOTDIR;
	if (!want_dir && inode_is_dir(inode))
		return -EISDIR;
	if (victim->mounted)
		return -EBUSY;
	return dir->dentry->inode->flags & INODE_DEAD_DIR ? -ENOENT : 0;
}

static int remove_locked(const struct path *dir, struct dentry *victim) NO_TSA
{
	struct inode *parent = dir->dentry->inode, *inode = victim->inode;
	bool is_dir = inode_is_dir(inode);
	int err;

	if (!parent->ops->unlink)
		return -EPERM;
	if (is_dir)
		mutex_lock_nested(&inode->dir_mu);
	err = parent->ops->unlink(parent, &victim->name, inode);
	if (!err && is_dir)
		inode->flags |= INODE_DEAD_DIR;
	if (is_dir)
		mutex_unlock(&inode->dir_mu);
	if (err)
		return err;
	dentry_remove(victim);
	dentry_add_negative(dir->dentry, &victim->name);
	if (!is_dir)
		fsnotify_inode(inode, IN_ATTRIB);
	fsnotify_name(parent, IN_DELETE, &victim->name, inode, 0);
	return 0;
}

/* Look @last up in the locked @dir and remove it; *@ret is the dentry, to be put unlocked. */
static int lookup_and_remove_locked(const struct path *dir, const struct last_name *last,
				    bool want_dir, const struct cred *cred, struct dentry **ret)
{
	struct qname q = qname_make(last->str, last->len);
	int err = dentry_lookup_locked(dir->dentry, &q, ret);

	if (err)
		return err;
	if (dentry_is_negative(*ret))
		return -ENOENT;
	if (last->slash && !want_dir)
		return inode_is_dir((*ret)->inode) ? -EISDIR : -ENOTDIR;
	if (mount_is_rdonly(dir->mnt))
		return -EROFS;
	err = may_delete(dir, *ret, want_dir, cred);
	return err ? err : remove_locked(dir, *ret);
}

static int remove_name(const struct path *dir, const struct last_name *last, bool want_dir,
		       const struct cred *cred)
{
	cleanup_dentry struct dentry *victim = NULL;
	struct inode *inode = dir->dentry->inode;
	int err;

	mutex_lock(&inode->dir_mu);
	err = lookup_and_remove_locked(dir, last, want_dir, cred, &victim);
	mutex_unlock(&inode->dir_mu);
	dcache_trim(dir->dentry->super);
	return err;
}

int vfs_unlink(const struct namei_base *base, const char *name)
{
	cleanup_path struct path dir = PATH_NONE;
	struct last_name last;
	int err = path_parent(base, name, &dir, &last);

	if (err)
		return err;
	if (last.type != LAST_NAME)
		return -EISDIR;
	return remove_name(&dir, &last, false, base->cred);
}

int vfs_rmdir(const struct namei_base *base, const char *name)
{
	cleanup_path struct path dir = PATH_NONE;
	struct last_name last;
	int err = path_parent(base, name, &dir, &last);

	if (err)
		return err;
	switch (last.type) {
	case LAST_DOTDOT:
		return -ENOTEMPTY;
	case LAST_DOT:
		return -EINVAL;
	case LAST_ROOT:
		return -EBUSY;
	case LAST_NAME:
		break;
	}
	return remove_name(&dir, &last, true, base->cred);
}

ssize_t inode_readlink(struct inode *inode, struct task *t, char *buf, size_t size)
{
	cleanup_free char *text = NULL;
	const char *link;
	ssize_t n;
	int err;

	/* A magic link is read by its own operation: the text is made for the reader. */
	if (inode->ops->get_link && inode->ops->readlink)
		return inode->ops->readlink(inode, t, buf, size);
	err = inode_link_text(inode, t, &link, &text);
	if (err)
		return err;
	n = (ssize_t)min(strlen(link), size);
	memcpy(buf, link, (size_t)n);
	return n;
}

ssize_t vfs_readlink(const struct path *p, struct task *t, char *buf, size_t size)
{
	struct inode *inode = p->dentry->inode;

	if (!inode_is_symlink(inode))
		return -EINVAL;
	touch_atime(p->mnt, inode);
	return inode_readlink(inode, t, buf, size);
}
