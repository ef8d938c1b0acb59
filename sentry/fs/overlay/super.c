/*
 * The overlay itself: its two layers, and its end.
 */
#include <linux/magic.h>
#include <stdio.h>

#include "fs/dentry.h"
#include "fs/overlay/internal.h"
#include "fs/stat.h"
#include "fs/tmpfs/tmpfs.h"
#include "lib/alloc.h"

static int ovl_statfs(struct super *super, struct kstatfs *ret)
{
	struct super *upper = to_ovl_super(super)->upper;

	return upper->ops->statfs(upper, ret);
}

static size_t ovl_show_options(struct super *super, char *buf, size_t size)
{
	struct super *upper = to_ovl_super(super)->upper;

	return upper->ops->show_options(upper, buf, size);
}

/* Slots hold inodes, which hold the super: all are taken, then all are put. */
static void take_slots(struct ovl_super *s, struct list_head *slots)
{
	struct ovl_dir *d;

	mutex_lock(&s->table_mu);
	while (!list_empty(&s->dirs)) {
		d = list_first_entry(&s->dirs, struct ovl_dir, dirs_node);
		list_del(&d->dirs_node);
		ovl_slots_take(d, slots);
	}
	mutex_unlock(&s->table_mu);
}

static void unpin_all(struct ovl_super *s)
{
	struct ovl_inode *oi;

	for (;;) {
		mutex_lock(&s->table_mu);
		oi = NULL;
		if (!list_empty(&s->pinned)) {
			oi = list_first_entry(&s->pinned, struct ovl_inode, pinned_node);
			list_del(&oi->pinned_node);
		}
		mutex_unlock(&s->table_mu);
		if (!oi)
			return;
		tmpfs_release_name(s->upper);
		inode_put(&oi->inode);
	}
}

static void ovl_shutdown(struct super *super)
{
	struct ovl_super *s = to_ovl_super(super);
	struct list_head slots = LIST_HEAD_INIT(slots);

	take_slots(s, &slots);
	ovl_slots_free(s, &slots);
	unpin_all(s);
}

static void layer_close(struct super *layer)
{
	if (!layer)
		return;
	super_shutdown(layer);
	super_put(layer);
}

static void ovl_super_release(struct super *super)
{
	struct ovl_super *s = to_ovl_super(super);

	layer_close(s->upper);
	layer_close(s->lower);
	ovl_table_fini(s);
	super_fini(super);
	kfree(s);
}

static const struct super_ops ovl_super_ops = {
	.statfs = ovl_statfs,
	.show_options = ovl_show_options,
	.shutdown = ovl_shutdown,
	.release = ovl_super_release,
};

static int ovl_alloc(const struct overlay_options *opts, struct ovl_super **ret)
{
	struct ovl_super *s = kzalloc(sizeof(*s));
	int err;

	if (!s)
		return -ENOMEM;
	err = ovl_table_init(s);
	if (!err)
		err = super_init(&s->super, &ovl_super_ops, "overlay", OVERLAYFS_SUPER_MAGIC,
				 opts->super_flags);
	if (err) {
		ovl_table_fini(s);
		kfree(s);
		return err;
	}
	*ret = s;
	return 0;
}

static int make_root(struct ovl_super *s)
{
	cleanup_inode struct inode *root = NULL;
	int err = ovl_inode_obtain(s, s->lower->root->inode, &root);

	return err ? err : super_set_root(&s->super, root);
}

int overlay_create(struct super *lower, const struct overlay_options *opts, struct super **ret)
{
	struct tmpfs_options upper = {
		.max_bytes = opts->max_bytes,
		.max_inodes = opts->max_inodes,
		.mode = 0700,
		.super_flags = SUPER_LAYER,
	};
	struct ovl_super *s;
	int err = ovl_alloc(opts, &s);

	if (err) {
		layer_close(lower);
		return err;
	}
	s->lower = lower;
	err = tmpfs_create(&upper, &s->upper);
	if (!err)
		err = make_root(s);
	if (err) {
		super_shutdown(&s->super);
		super_put(&s->super);
		return err;
	}
	*ret = &s->super;
	return 0;
}
