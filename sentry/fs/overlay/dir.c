/*
 * Directories of overlay: slots over what is below (internal.h).
 *
 * A slot is taken first (slot_take), which may fail; what follows cannot.  A
 * fresh slot says "not there": for a creation that is how it was, for a removal
 * how it is to be.
 *
 * Locks: dir_mu of each directory that is changed, held by the VFS.
 */
#include <stdio.h>
#include <string.h>

#include "fs/overlay/internal.h"
#include "fs/still.h"
#include "fs/tmpfs/tmpfs.h"
#include "lib/alloc.h"

struct ovl_slot *ovl_slot_find(struct ovl_dir *d, const struct qname *name)
{
	struct name *n = name_find(&d->slots, name);

	return n ? to_ovl_slot(n) : NULL;
}

static int slot_alloc(struct ovl_super *s, const struct qname *name, struct ovl_slot **ret)
{
	struct ovl_slot *slot;

	if (!tmpfs_charge_name(s->upper))
		return -ENOSPC;
	slot = kzalloc(sizeof(*slot));
	if (!slot || name_init(&slot->name, name)) {
		kfree(slot);
		tmpfs_release_name(s->upper);
		return -ENOMEM;
	}
	*ret = slot;
	return 0;
}

/* A directory with slots is known to the super, for the day it is taken apart. */
static void note_dir(struct ovl_super *s, struct ovl_dir *d)
{
	mutex_lock(&s->table_mu);
	if (list_empty(&d->dirs_node))
		list_add_tail(&d->dirs_node, &s->dirs);
	mutex_unlock(&s->table_mu);
}

/*
 * The slot of @name, made if there is none.
 * @covers: for a new one: the lower directory has the name
 * @ret_fresh: it is new; slot_drop() takes it back
 */
static int slot_take(struct inode *dir, const struct qname *name, bool covers,
		     struct ovl_slot **ret, bool *ret_fresh)
{
	struct ovl_dir *d = to_ovl_dir(dir);
	struct ovl_slot *slot = ovl_slot_find(d, name);
	int err;

	*ret_fresh = !slot;
	*ret = slot;
	if (slot)
		return 0;
	err = ovl_pin(dir);
	if (!err)
		err = name_table_make_room(&d->slots);
	if (!err)
		err = slot_alloc(ovl_super_of(dir), name, &slot);
	if (err)
		return err;
	slot->covers = covers;
	name_add(&d->slots, &slot->name);
	note_dir(ovl_super_of(dir), d);
	*ret = slot;
	return 0;
}

static void slot_free(struct ovl_super *s, struct ovl_slot *slot)
{
	tmpfs_release_name(s->upper);
	name_fini(&slot->name);
	kfree(slot);
}

/* Forget a slot that leads nowhere: what is below shows again. */
static void slot_drop(struct inode *dir, struct ovl_slot *slot)
{
	assert(!slot->inode);
	name_remove(&to_ovl_dir(dir)->slots, &slot->name);
	slot_free(ovl_super_of(dir), slot);
}

/*
 * Let @slot lead to @inode (NULL: nowhere); takes a reference.
 * Return: what it led to, the caller's to put.
 */
static struct inode *slot_set(struct inode *dir, struct ovl_slot *slot, struct inode *inode)
{
	struct ovl_dir *d = to_ovl_dir(dir);
	struct inode *old = slot->inode;

	slot->inode = inode ? inode_get(inode) : NULL;
	d->nr_live += (inode != NULL) - (old != NULL);
	d->changes++;
	if (!inode && !slot->covers)
		slot_drop(dir, slot);
	return old;
}

void ovl_slots_take(struct ovl_dir *d, struct list_head *all)
{
	name_table_take(&d->slots, all);
	d->nr_live = 0;
}

void ovl_slots_free(struct ovl_super *s, struct list_head *all)
{
	while (!list_empty(all)) {
		struct ovl_slot *slot = to_ovl_slot(list_first_entry(all, struct name, node));

		list_del(&slot->name.node);
		if (slot->inode)
			inode_put(slot->inode);
		slot_free(s, slot);
	}
}

/* One link is what file systems say that do not count subdirectories. */
static void dir_changed(struct inode *dir, int links)
{
	mutex_lock(&dir->mu);
	if (dir->nlink > 1)
		dir->nlink = (u32)((int)dir->nlink + links);
	inode_touch_locked(dir);
	mutex_unlock(&dir->mu);
}

/* @inode got or lost names. */
static void add_links(struct inode *inode, int by)
{
	inode_stir(inode);
	mutex_lock(&inode->mu);
	inode->nlink = (u32)max((int)inode->nlink + by, 0);
	inode_touch_ctime_locked(inode);
	mutex_unlock(&inode->mu);
}

static int lookup_below(struct inode *dir, const struct qname *name, struct inode **ret)
{
	struct inode *lower = to_ovl(dir)->lower;
	cleanup_inode struct inode *found = NULL;
	int err;

	if (!lower)
		return 0;
	mutex_lock(&lower->dir_mu);
	err = lower->ops->lookup(lower, name, &found);
	mutex_unlock(&lower->dir_mu);
	if (err || !found)
		return err;
	return ovl_inode_obtain(ovl_super_of(dir), found, ret);
}

static int dir_lookup(struct inode *dir, const struct qname *name, struct inode **ret)
{
	struct ovl_slot *slot = ovl_slot_find(to_ovl_dir(dir), name);

	*ret = NULL;
	if (!slot)
		return lookup_below(dir, name, ret);
	if (slot->inode)
		*ret = inode_get(slot->inode);
	return 0;
}

static int dir_create(struct inode *dir, const struct qname *name, const struct inode_new *what,
		      struct inode **ret)
{
	cleanup_inode struct inode *inode = NULL;
	struct ovl_slot *slot;
	bool fresh;
	int err = ovl_inode_new(ovl_super_of(dir), what, &inode);

	if (!err)
		err = slot_take(dir, name, false, &slot, &fresh);
	if (err)
		return err;
	(void)slot_set(dir, slot, inode);
	dir_changed(dir, S_ISDIR(what->mode) ? 1 : 0);
	*ret = steal(&inode);
	return 0;
}

static int dir_link(struct inode *dir, const struct qname *name, struct inode *inode)
{
	struct ovl_slot *slot;
	bool fresh;
	int err = ovl_pin(inode);

	if (!err)
		err = slot_take(dir, name, false, &slot, &fresh);
	if (err)
		return err;
	(void)slot_set(dir, slot, inode);
	add_links(inode, 1);
	dir_changed(dir, 0);
	return 0;
}

static int dir_tmpfile(struct inode *dir, const struct inode_new *what, struct inode **ret)
{
	int err = ovl_inode_new(ovl_super_of(dir), what, ret);

	if (!err)
		(*ret)->nlink = 0;
	return err;
}

/* May @inode lose a name: an empty directory, or a file that will be remembered. */
static int may_lose_name(struct inode *inode)
{
	int empty;

	if (!inode_is_dir(inode))
		return inode->nlink > 1 ? ovl_pin(inode) : 0;
	empty = ovl_dir_is_empty(to_ovl_dir(inode));
	if (empty < 0)
		return empty;
	return empty ? 0 : -ENOTEMPTY;
}

static void lose_name(struct inode *inode)
{
	add_links(inode, inode_is_dir(inode) ? -(int)inode->nlink : -1);
	if (!inode->nlink)
		ovl_unpin(inode);
}

static int dir_unlink(struct inode *dir, const struct qname *name, struct inode *inode)
{
	struct ovl_slot *slot;
	struct inode *old;
	bool fresh;
	int err = may_lose_name(inode);

	if (!err)
		err = slot_take(dir, name, true, &slot, &fresh);
	if (err)
		return err;
	old = slot_set(dir, slot, NULL);
	lose_name(inode);
	dir_changed(dir, inode_is_dir(inode) ? -1 : 0);
	if (old)
		inode_put(old);
	return 0;
}

/* ".." of a directory that changes parent. */
static void move_links(const struct inode *inode, struct inode *from, struct inode *to)
{
	bool moves = inode_is_dir(inode) && from != to;

	dir_changed(from, moves ? -1 : 0);
	if (from != to)
		dir_changed(to, moves ? 1 : 0);
}

static int dir_rename(struct inode *olddir, const struct qname *oldname, struct inode *inode,
		      struct inode *newdir, const struct qname *newname, struct inode *victim,
		      unsigned flags)
{
	struct ovl_slot *from, *to;
	struct inode *old1, *old2;
	bool exchange = flags & RENAME_EXCHANGE, fresh_from, fresh_to;
	int err = victim && !exchange ? may_lose_name(victim) : 0;

	if (flags & ~(unsigned)RENAME_EXCHANGE)
		return -EINVAL;
	if (!err)
		err = slot_take(olddir, oldname, true, &from, &fresh_from);
	if (err)
		return err;
	err = slot_take(newdir, newname, victim, &to, &fresh_to);
	if (err) {
		if (fresh_from)
			slot_drop(olddir, from);
		return err;
	}
	old1 = slot_set(newdir, to, inode);
	old2 = slot_set(olddir, from, exchange ? victim : NULL);
	if (victim && !exchange) {
		lose_name(victim);
		if (inode_is_dir(victim))
			dir_changed(newdir, -1);
	}
	if (exchange) {
		move_links(victim, newdir, olddir);
		add_links(victim, 0);
	}
	move_links(inode, olddir, newdir);
	add_links(inode, 0);
	if (old1)
		inode_put(old1);
	if (old2)
		inode_put(old2);
	return 0;
}

static void dir_release(struct inode *inode)
{
	struct ovl_super *s = ovl_super_of(inode);
	struct ovl_dir *d = to_ovl_dir(inode);
	struct list_head slots = LIST_HEAD_INIT(slots);

	mutex_lock(&s->table_mu);
	list_del(&d->dirs_node);
	mutex_unlock(&s->table_mu);
	/* Removals only: a directory with names is held by its own, or was emptied. */
	ovl_slots_take(d, &slots);
	ovl_slots_free(s, &slots);
	ovl_release(inode);
}

const struct inode_ops ovl_dir_ops = {
	.lookup = dir_lookup,
	.create = dir_create,
	.link = dir_link,
	.unlink = dir_unlink,
	.rename = dir_rename,
	.tmpfile = dir_tmpfile,
	.open = ovl_dir_open,
	.setattr = ovl_setattr,
	.getxattr = ovl_getxattr,
	.setxattr = ovl_setxattr,
	.listxattr = ovl_listxattr,
	.release = dir_release,
};
