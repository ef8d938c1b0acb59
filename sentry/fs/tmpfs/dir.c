/*
 * Directories of tmpfs: a hash table of names and a list in the order they came.
 *
 * A directory position is a cookie: every entry gets the next number and keeps
 * it, so that what is removed or added during a reading moves nobody.
 */
#include <dirent.h>
#include <string.h>

#include "fs/file.h"
#include "fs/stat.h"
#include "fs/tmpfs/internal.h"
#include "lib/alloc.h"

#define COOKIE_FIRST 2 /* 0 is ".", 1 is ".." */

struct tmpfs_dir_file {
	struct file file;
};

static struct tmpfs_entry *find_entry(struct tmpfs_dir *d, const struct qname *name)
{
	struct name *n = name_find(&d->entries, name);

	return n ? to_tmpfs_entry(n) : NULL;
}

/* An entry outside of any directory; takes a reference of @inode. */
static int entry_create(struct tmpfs_dir *d, const struct qname *name, struct inode *inode,
			struct tmpfs_entry **ret)
{
	struct tmpfs_entry *e;

	if (name_table_make_room(&d->entries))
		return -ENOSPC;
	e = kzalloc(sizeof(*e));
	if (!e)
		return -ENOSPC;
	if (name_init(&e->name, name)) {
		kfree(e);
		return -ENOSPC;
	}
	e->inode = inode_get(inode);
	*ret = e;
	return 0;
}

static void entry_free(struct tmpfs_entry *e)
{
	inode_put(e->inode);
	name_fini(&e->name);
	kfree(e);
}

static void entry_add(struct tmpfs_dir *d, struct tmpfs_entry *e)
{
	e->cookie = d->next_cookie++;
	name_add(&d->entries, &e->name);
}

static void entry_remove(struct tmpfs_dir *d, struct tmpfs_entry *e)
{
	name_remove(&d->entries, &e->name);
}

/* Linux says 20 bytes an entry; programs only look at zero and not zero. */
static void dir_changed(struct inode *dir)
{
	mutex_lock(&dir->mu);
	inode_touch_locked(dir);
	dir->size = 20ull * (to_tmpfs_dir(dir)->entries.nr + 2);
	mutex_unlock(&dir->mu);
}

static void add_links(struct inode *inode, int by)
{
	mutex_lock(&inode->mu);
	inode->nlink = (u32)((int)inode->nlink + by);
	inode_touch_ctime_locked(inode);
	mutex_unlock(&inode->mu);
}

static int dir_lookup(struct inode *dir, const struct qname *name, struct inode **ret)
{
	struct tmpfs_entry *e = find_entry(to_tmpfs_dir(dir), name);

	*ret = e ? inode_get(e->inode) : NULL;
	return 0;
}

static int dir_create(struct inode *dir, const struct qname *name, const struct inode_new *what,
		      struct inode **ret)
{
	struct tmpfs_dir *d = to_tmpfs_dir(dir);
	cleanup_inode struct inode *inode = NULL;
	struct tmpfs_entry *e;
	int err = tmpfs_inode_create(dir->super, what, &inode);

	if (!err)
		err = entry_create(d, name, inode, &e);
	if (err)
		return err;
	if (S_ISDIR(what->mode)) {
		to_tmpfs_dir(inode)->parent_ino = dir->ino;
		add_links(dir, 1);
	}
	entry_add(d, e);
	dir_changed(dir);
	*ret = steal(&inode);
	return 0;
}

/* Every name costs an inode of the limit, as on Linux; an O_TMPFILE has paid already. */
static int dir_link(struct inode *dir, const struct qname *name, struct inode *inode)
{
	struct tmpfs_dir *d = to_tmpfs_dir(dir);
	struct tmpfs_entry *e;
	bool paid = inode->nlink == 0;
	int err;

	if (!paid && !quota_charge_inode(quota_of(dir)))
		return -ENOSPC;
	err = entry_create(d, name, inode, &e);
	if (err) {
		if (!paid)
			quota_release_inode(quota_of(dir));
		return err;
	}
	entry_add(d, e);
	add_links(inode, 1);
	dir_changed(dir);
	return 0;
}

/* @inode loses the name it had in @dir.  The last one is paid for until release. */
static void drop_links(struct inode *dir, struct inode *inode)
{
	if (inode_is_dir(inode)) {
		add_links(inode, -2);
		add_links(dir, -1);
		return;
	}
	add_links(inode, -1);
	if (inode->nlink)
		quota_release_inode(quota_of(dir));
}

static int dir_unlink(struct inode *dir, const struct qname *name, struct inode *inode)
{
	struct tmpfs_dir *d = to_tmpfs_dir(dir);
	struct tmpfs_entry *e = find_entry(d, name);

	if (!e || e->inode != inode)
		return -ENOENT;
	if (inode_is_dir(inode) && to_tmpfs_dir(inode)->entries.nr)
		return -ENOTEMPTY;
	entry_remove(d, e);
	drop_links(dir, inode);
	dir_changed(dir);
	entry_free(e);
	return 0;
}

static void set_parent(struct inode *inode, struct inode *from, struct inode *to)
{
	if (!inode_is_dir(inode) || from == to)
		return;
	to_tmpfs_dir(inode)->parent_ino = to->ino;
	add_links(from, -1);
	add_links(to, 1);
}

static int dir_exchange(struct inode *olddir, struct tmpfs_entry *a, struct inode *newdir,
			struct tmpfs_entry *b)
{
	struct inode *inode = a->inode;

	set_parent(a->inode, olddir, newdir);
	set_parent(b->inode, newdir, olddir);
	a->inode = b->inode;
	b->inode = inode;
	add_links(a->inode, 0);
	add_links(b->inode, 0);
	dir_changed(olddir);
	if (newdir != olddir)
		dir_changed(newdir);
	return 0;
}

static int dir_rename(struct inode *olddir, const struct qname *oldname, struct inode *inode,
		      struct inode *newdir, const struct qname *newname, struct inode *victim,
		      unsigned flags)
{
	struct tmpfs_dir *from = to_tmpfs_dir(olddir), *to = to_tmpfs_dir(newdir);
	struct tmpfs_entry *e = find_entry(from, oldname), *old = find_entry(to, newname), *new;
	int err;

	if (flags & ~(unsigned)RENAME_EXCHANGE)
		return -EINVAL;
	if (!e || e->inode != inode || (old ? old->inode : NULL) != victim)
		return -ENOENT;
	if (flags & RENAME_EXCHANGE)
		return old ? dir_exchange(olddir, e, newdir, old) : -ENOENT;
	if (victim && inode_is_dir(victim) && to_tmpfs_dir(victim)->entries.nr)
		return -ENOTEMPTY;
	err = entry_create(to, newname, inode, &new);
	if (err)
		return err;
	if (old) {
		entry_remove(to, old);
		drop_links(newdir, victim);
		entry_free(old);
	}
	entry_remove(from, e);
	entry_free(e);
	entry_add(to, new);
	set_parent(inode, olddir, newdir);
	add_links(inode, 0);
	dir_changed(olddir);
	if (newdir != olddir)
		dir_changed(newdir);
	return 0;
}

static int dir_tmpfile(struct inode *dir, const struct inode_new *what, struct inode **ret)
{
	int err = tmpfs_inode_create(dir->super, what, ret);

	if (!err)
		(*ret)->nlink = 0;
	return err;
}

static int dir_readdir(struct file *f, struct dir_context *ctx)
{
	struct inode *dir = f->inode;
	struct tmpfs_dir *d = to_tmpfs_dir(dir);
	struct name *n;

	if (ctx->pos == 0 && !dir_emit(ctx, ".", 1, dir->ino, DT_DIR, 1))
		return 0;
	if (ctx->pos == 1 && !dir_emit(ctx, "..", 2, d->parent_ino, DT_DIR, COOKIE_FIRST))
		return 0;
	list_for_each_entry (n, &d->entries.names, node) {
		struct tmpfs_entry *e = to_tmpfs_entry(n);

		if (e->cookie < ctx->pos)
			continue;
		if (!dir_emit(ctx, n->str, n->len, e->inode->ino, IFTODT(inode_mode(e->inode)),
			      e->cookie + 1))
			break;
	}
	return 0;
}

static off_t dir_llseek(struct file *f, off_t off, int whence)
{
	switch (whence) {
	case SEEK_CUR:
		off += f->pos;
		break;
	case SEEK_SET:
		break;
	default:
		return -EINVAL;
	}
	if (off < 0)
		return -EINVAL;
	f->pos = off;
	return off;
}

static int dir_fsync(struct file *f, bool data_only)
{
	(void)f;
	(void)data_only;
	return 0;
}

static void dir_file_release(struct file *f)
{
	kfree(container_of(f, struct tmpfs_dir_file, file));
}

static const struct file_ops dir_file_ops = {
	.readdir = dir_readdir,
	.llseek = dir_llseek,
	.fsync = dir_fsync,
	.release = dir_file_release,
};

static int dir_open(struct inode *inode, const struct open_args *args, struct file **ret)
{
	struct tmpfs_dir_file *df = kzalloc(sizeof(*df));

	if (!df)
		return -ENOMEM;
	file_init(&df->file, &dir_file_ops, args->flags);
	file_set_inode(&df->file, inode);
	*ret = &df->file;
	return 0;
}

static void dir_release(struct inode *inode)
{
	struct tmpfs_dir *d = to_tmpfs_dir(inode);

	name_table_fini(&d->entries);
	tmpfs_release(inode);
}

const struct inode_ops tmpfs_dir_ops = {
	.lookup = dir_lookup,
	.create = dir_create,
	.link = dir_link,
	.unlink = dir_unlink,
	.rename = dir_rename,
	.tmpfile = dir_tmpfile,
	.open = dir_open,
	.setattr = tmpfs_setattr,
	.getxattr = tmpfs_getxattr,
	.setxattr = tmpfs_setxattr,
	.listxattr = tmpfs_listxattr,
	.release = dir_release,
};
