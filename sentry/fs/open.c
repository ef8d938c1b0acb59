/*
 * open(2): flags, the last component, rights, and who makes the file (open.h).
 */
#include "fs/open.h"

#include <fcntl.h>
#include <sys/sysmacros.h>

#include "fs/dcache.h"
#include "fs/file.h"
#include "fs/fsnotify.h"
#include "fs/internal.h"
#include "fs/mount.h"
#include "fs/stat.h"
#include "fs/super.h"
#include "kernel/cred.h"
#include "lib/alloc.h"

#define TMPFILE_BIT (O_TMPFILE & ~O_DIRECTORY)

static struct chrdev *chrdevs;
int (*fifo_open)(struct inode *inode, const struct open_args *args, struct file **ret);

void chrdev_register(struct chrdev *dev)
{
	dev->next = chrdevs;
	chrdevs = dev;
}

static int chrdev_open(struct inode *inode, const struct open_args *args, struct file **ret)
{
	const struct chrdev *dev = chrdevs;
	u32 maj = major(inode->rdev), min = minor(inode->rdev);

	while (dev && !(dev->major == maj && min - dev->minor < dev->nr_minors))
		dev = dev->next;
	return dev ? dev->open(inode, args, ret) : -ENXIO;
}

/* An O_PATH descriptor: a place, nothing else. */
static void path_release(struct file *f)
{
	kfree(f);
}

static const struct file_ops path_ops = {
	.release = path_release,
};

static int open_o_path(int flags, struct file **ret)
{
	struct file *f = kzalloc(sizeof(*f));

	if (!f)
		return -ENOMEM;
	file_init(f, &path_ops, flags & (O_PATH | O_DIRECTORY | O_NOFOLLOW));
	f->mode = FMODE_PATH;
	*ret = f;
	return 0;
}

static int open_by_type(struct inode *inode, const struct open_args *args, struct file **ret)
{
	u32 mode = inode_mode(inode);

	if (!S_ISREG(mode) && !S_ISDIR(mode) && !(inode->flags & INODE_OPENS_SPECIAL)) {
		if (S_ISFIFO(mode) && fifo_open)
			return fifo_open(inode, args, ret);
		if (S_ISCHR(mode))
			return chrdev_open(inode, args, ret);
		return -ENXIO;
	}
	return inode->ops->open ? inode->ops->open(inode, args, ret) : -ENXIO;
}

/* What access the flags ask for; 3 asks for both and gives neither. */
static int acc_mode(int flags)
{
	static const u8 map[] = {MAY_READ, MAY_WRITE, MAY_READ | MAY_WRITE, MAY_READ | MAY_WRITE};
	int mask = map[flags & O_ACCMODE];

	return flags & O_TRUNC ? mask | MAY_WRITE : mask;
}

static int may_open_type(const struct path *p, int mask)
{
	u32 mode = inode_mode(p->dentry->inode);

	switch (mode & S_IFMT) {
	case S_IFLNK:
		return -ELOOP;
	case S_IFDIR:
		if (mask & MAY_WRITE)
			return -EISDIR;
		return mask & MAY_EXEC ? -EACCES : 0;
	case S_IFBLK:
	case S_IFCHR:
		if (mount_flags(p->mnt) & MNT_NODEV || p->dentry->super->flags & SUPER_NODEV)
			return -EACCES;
		return mask & MAY_EXEC ? -EACCES : 0;
	case S_IFREG:
		if (mask & MAY_EXEC &&
		    (mount_flags(p->mnt) & MNT_NOEXEC || p->dentry->super->flags & SUPER_NOEXEC))
			return -EACCES;
		return 0;
	default:
		return mask & MAY_EXEC ? -EACCES : 0;
	}
}

static int may_open(const struct path *p, int flags, int mask, const struct cred *cred)
{
	struct inode *inode = p->dentry->inode;
	u32 mode = inode_mode(inode);
	int err = may_open_type(p, mask);

	if (!err)
		err = inode_permission(inode, mask, cred);
	if (!err && mask & MAY_WRITE && mount_is_rdonly(p->mnt) && (S_ISREG(mode) || S_ISDIR(mode)))
		err = -EROFS;
	if (err)
		return err;
	if (inode->flags & INODE_APPEND) {
		if ((flags & O_ACCMODE) != O_RDONLY && !(flags & O_APPEND))
			return -EPERM;
		if (flags & O_TRUNC)
			return -EPERM;
	}
	if (flags & O_NOATIME && !inode_owner_or_capable(inode, cred))
		return -EPERM;
	return 0;
}

/* Empty the file that O_TRUNC opens; write access is held. */
static int truncate_open(struct inode *inode, const struct cred *cred)
{
	struct timespec now = inode_now();
	struct iattr attr = {
		.valid = ATTR_SIZE | ATTR_MTIME | ATTR_CTIME | ATTR_OPEN,
		.mtime = now,
		.ctime = now,
	};
	int err;

	attr_kill_priv(inode, &attr, cred, false);
	mutex_lock(&inode->mu);
	err = inode_setattr_locked(inode, &attr);
	mutex_unlock(&inode->mu);
	return err;
}

static int open_counted(const struct path *p, const struct open_args *args, u32 fmode,
			struct file **ret)
{
	struct inode *inode = p->dentry->inode;
	cleanup_file struct file *f = NULL;
	int err = 0;

	if (args->flags & O_TRUNC && inode_is_reg(inode))
		err = truncate_open(inode, args->cred);
	if (!err && args->flags & O_TRUNC)
		fsnotify_dentry(p->dentry, IN_MODIFY);
	if (!err)
		err = open_by_type(inode, args, &f);
	if (err)
		return err;
	file_set_path(f, p);
	if (args->cred)
		f->cred = cred_get(args->cred);
	/* From here on release gives the write or deny count back. */
	f->mode |= fmode;
	fsnotify_file(f, IN_OPEN);
	*ret = steal(&f);
	return 0;
}

/*
 * Open @p, whose rights were checked.
 * @mask: MAY_EXEC: to run it
 */
static int open_checked(const struct path *p, int flags, int mask, const struct cred *cred,
			struct task *t, struct file **ret)
{
	struct inode *inode = p->dentry->inode;
	struct open_args args = {.flags = flags, .cred = cred, .task = t, .path = p};
	bool writes = inode_is_reg(inode) && acc_mode(flags) & MAY_WRITE && !(mask & MAY_EXEC);
	int err = 0;

	if (mask & MAY_EXEC)
		err = inode_deny_write(inode);
	else if (writes)
		err = inode_get_write(inode);
	if (err)
		return err;
	err = open_counted(p, &args, mask & MAY_EXEC ? FMODE_EXEC : writes ? FMODE_WRITER : 0, ret);
	if (err && mask & MAY_EXEC)
		inode_allow_write(inode);
	else if (err && writes)
		inode_put_write(inode);
	return err;
}

static int open_at(const struct path *p, int flags, int mask, const struct cred *cred,
		   struct task *t, struct file **ret)
{
	struct inode *inode = p->dentry->inode;
	int err;

	if (flags & O_DIRECTORY && !inode_is_dir(inode))
		return -ENOTDIR;
	if (flags & O_PATH) {
		err = open_o_path(flags, ret);
		if (!err)
			file_set_path(*ret, p);
		return err;
	}
	err = may_open(p, flags, mask, cred);
	return err ? err : open_checked(p, flags, mask, cred, t, ret);
}

int vfs_open_path(const struct path *p, int flags, const struct cred *cred, struct task *t,
		  struct file **ret)
{
	return open_at(p, flags, acc_mode(flags), cred, t, ret);
}

/* As Linux with fs.protected_regular = 2 and fs.protected_fifos = 1. */
static int may_create_in_sticky(const struct path *dir, const struct inode *inode,
				const struct cred *cred)
{
	const struct inode *parent = dir->dentry->inode;
	u32 dmode = inode_mode(parent), mode = inode_mode(inode);

	if ((!S_ISREG(mode) && !S_ISFIFO(mode)) || !(dmode & S_ISVTX) ||
	    inode->uid == parent->uid || inode->uid == cred->fsuid)
		return 0;
	if (dmode & S_IWOTH || (dmode & S_IWGRP && S_ISREG(mode)))
		return -EACCES;
	return 0;
}

/* Make the file that O_CREAT names; the directory is locked and @d negative. */
static int create_locked(const struct path *dir, struct dentry *d, u32 mode,
			 const struct namei_base *base)
{
	struct inode *parent = dir->dentry->inode;
	cleanup_inode struct inode *inode = NULL;
	struct inode_new what;
	int err;

	if (mount_is_rdonly(dir->mnt))
		return -EROFS;
	err = may_create(dir, base->cred);
	if (err)
		return err;
	if (!parent->ops->create)
		return -EACCES;
	what = new_inode_owner(parent, S_IFREG | (mode & 07777 & ~base->umask), base->cred);
	err = parent->ops->create(parent, &d->name, &what, &inode);
	if (!err)
		dentry_instantiate(d, inode);
	if (!err)
		fsnotify_name(parent, IN_CREATE, &d->name, inode, 0);
	return err;
}

/* The last component under O_CREAT.  *@ret_created: nd->cur is the new file. */
static int last_create(struct nameidata *nd, int flags, u32 mode, bool *ret_created,
		       const char **ret_link)
{
	cleanup_path struct path dir = path_get(&nd->cur);
	cleanup_dentry struct dentry *d = NULL;
	struct inode *parent = dir.dentry->inode;
	struct qname q = qname_make(nd->last.str, nd->last.len);
	int err;

	*ret_link = NULL;
	err = inode_is_dir(parent) ? inode_permission(parent, MAY_EXEC, nd->base->cred) : -ENOTDIR;
	if (!err && nd->last.slash)
		err = -EISDIR;
	if (err)
		return err;
	q.ahead = flags & (O_EXCL | O_TRUNC) ? 0 : QNAME_OPEN;
	err = dentry_lookup(dir.dentry, &q, &d);
	if (!err && dentry_is_negative(d)) {
		dentry_put(steal(&d));
		mutex_lock(&parent->dir_mu);
		err = dentry_lookup_locked(dir.dentry, &q, &d);
		if (!err && dentry_is_negative(d)) {
			err = create_locked(&dir, d, mode, nd->base);
			*ret_created = !err;
		}
		mutex_unlock(&parent->dir_mu);
	}
	if (err)
		return err;
	if (!*ret_created && flags & O_EXCL)
		return -EEXIST;
	err = nd_step(nd, d, !(flags & (O_NOFOLLOW | O_EXCL)), true, ret_link);
	if (err || *ret_created || *ret_link)
		return err;
	if (inode_is_dir(nd->cur.dentry->inode))
		return -EISDIR;
	return may_create_in_sticky(&dir, nd->cur.dentry->inode, nd->base->cred);
}

/* Walk to what O_CREAT opens, and make it if it is not there. */
static int walk_create(struct nameidata *nd, const char *name, int flags, u32 mode,
		       bool *ret_created)
{
	bool follow = !(flags & O_NOFOLLOW), dir = false;
	const char *link = name;
	int err = 0;

	while (!err && link) {
		err = nd_walk_parent(nd, link);
		if (err)
			break;
		dir |= nd->last.slash;
		follow |= nd->last.slash;
		if (nd->last.type == LAST_NAME)
			err = last_create(nd, flags, mode, ret_created, &link);
		else
			err = nd_last(nd, follow, &link);
		/* "." and the like cannot be made. */
		if (!err && nd->last.type != LAST_NAME)
			err = flags & O_EXCL ? -EEXIST : -EISDIR;
	}
	if (!err && dir && !inode_is_dir(nd->cur.dentry->inode))
		err = -ENOTDIR;
	return err;
}

static int open_tmpfile(const struct namei_base *base, const char *name, int flags, u32 mode,
			struct file **ret)
{
	cleanup_path struct path dir = PATH_NONE;
	cleanup_path struct path p = PATH_NONE;
	cleanup_inode struct inode *inode = NULL;
	char shown[32];
	struct inode_new what;
	int err = path_lookup(base, name, LOOKUP_FOLLOW | LOOKUP_DIRECTORY, &dir);

	if (err)
		return err;
	err = mount_is_rdonly(dir.mnt) ? -EROFS : may_create(&dir, base->cred);
	if (!err && !dir.dentry->inode->ops->tmpfile)
		err = -EOPNOTSUPP;
	if (err)
		return err;
	what = new_inode_owner(dir.dentry->inode, S_IFREG | (mode & 07777 & ~base->umask),
			       base->cred);
	err = dir.dentry->inode->ops->tmpfile(dir.dentry->inode, &what, &inode);
	if (err)
		return err;
	if (!(flags & O_EXCL))
		inode->flags |= INODE_LINKABLE;
	snprintf(shown, sizeof(shown), "#%llu", (unsigned long long)inode->ino);
	err = dentry_create_unlinked(dir.dentry, inode, shown, &p.dentry);
	if (err)
		return err;
	p.mnt = mount_get(dir.mnt);
	return open_checked(&p, flags & ~O_TRUNC, 0, base->cred, base->task, ret);
}

static int check_flags(int *flags, u32 *mode)
{
	if (*flags & O_PATH)
		*flags &= O_DIRECTORY | O_NOFOLLOW | O_PATH | O_CLOEXEC;
	if ((*flags & (O_CREAT | O_DIRECTORY)) == (O_CREAT | O_DIRECTORY))
		return -EINVAL;
	if (*flags & TMPFILE_BIT) {
		if ((*flags & O_TMPFILE) != O_TMPFILE || (*flags & O_ACCMODE) == O_RDONLY)
			return -EINVAL;
	} else if (!(*flags & O_CREAT)) {
		*mode = 0;
	}
	return 0;
}

/*
 * The file system says that the file is not the one it was, since somebody else
 * has put another there: the name is forgotten, and found again by who tries once more.
 */
static void forget_stale(int err, const struct path *p)
{
	if (err == -ESTALE && p->dentry != p->mnt->root)
		dentry_invalidate(p->dentry);
}

static int open_create(const struct namei_base *base, const char *name, int flags, u32 mode,
		       struct file **ret)
{
	cleanup_nd struct nameidata nd;
	bool created = false;
	int err;

	nd_init(&nd, base);
	err = walk_create(&nd, name, flags, mode, &created);
	if (err)
		return err;
	/* Who made the file may use it as asked, whatever its mode says. */
	if (created)
		return open_checked(&nd.cur, flags & ~O_TRUNC, 0, base->cred, base->task, ret);
	err = open_at(&nd.cur, flags & ~(O_CREAT | O_EXCL), acc_mode(flags), base->cred, base->task,
		      ret);
	forget_stale(err, &nd.cur);
	return err;
}

static int open_existing(const struct namei_base *base, const char *name, int flags,
			 struct file **ret)
{
	cleanup_path struct path p = PATH_NONE;
	unsigned lookup = (flags & O_NOFOLLOW ? 0 : LOOKUP_FOLLOW) |
			  (flags & O_DIRECTORY ? LOOKUP_DIRECTORY : 0) |
			  (flags & (O_PATH | O_TRUNC) ? 0 : LOOKUP_OPEN);
	int err = path_lookup(base, name, lookup, &p);

	if (err)
		return err;
	/* Where a link of /proc led. */
	if (flags & O_PATH && lookup & LOOKUP_FOLLOW && inode_is_symlink(p.dentry->inode))
		return -ELOOP;
	err = open_at(&p, flags & ~O_EXCL, acc_mode(flags), base->cred, base->task, ret);
	forget_stale(err, &p);
	return err;
}

int vfs_open(const struct namei_base *base, const char *name, int flags, u32 mode,
	     struct file **ret)
{
	int err = check_flags(&flags, &mode), tries = 2;

	if (err)
		return err;
	if (flags & TMPFILE_BIT)
		return open_tmpfile(base, name, flags, mode, ret);
	do {
		err = flags & O_CREAT ? open_create(base, name, flags, mode, ret)
				      : open_existing(base, name, flags, ret);
	} while (err == -ESTALE && --tries);
	return err;
}

int vfs_open_exec_path(const struct path *p, const struct cred *cred, struct task *t,
		       struct file **ret)
{
	if (!inode_is_reg(p->dentry->inode))
		return inode_is_symlink(p->dentry->inode) ? -ELOOP : -EACCES;
	return open_at(p, O_RDONLY, MAY_EXEC, cred, t, ret);
}

int vfs_open_exec(const struct namei_base *base, const char *name, unsigned lookup,
		  struct file **ret)
{
	int err, tries = 2;

	do {
		cleanup_path struct path p = PATH_NONE;

		err = path_lookup(base, name, lookup | LOOKUP_OPEN, &p);
		if (!err)
			err = vfs_open_exec_path(&p, base->cred, base->task, ret);
		if (err == -ESTALE)
			forget_stale(err, &p);
	} while (err == -ESTALE && --tries);
	return err;
}
