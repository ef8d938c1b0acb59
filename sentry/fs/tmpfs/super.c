/*
 * tmpfs instances: limits, mount options, the end.
 */
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>

#include "fs/dentry.h"
#include "fs/stat.h"
#include "fs/tmpfs/internal.h"
#include "kernel/cred.h"
#include "lib/alloc.h"

u64 tmpfs_default_bytes = 1ull << 30;

static int fs_statfs(struct super *super, struct kstatfs *ret)
{
	const struct quota *q = &to_tmpfs(super)->quota;
	u64 max = __atomic_load_n(&q->max_bytes, __ATOMIC_RELAXED);
	u64 used = __atomic_load_n(&q->bytes, __ATOMIC_RELAXED);
	u64 inodes = __atomic_load_n(&q->inodes, __ATOMIC_RELAXED);

	ret->bsize = PAGE_SIZE;
	ret->blocks = max / PAGE_SIZE;
	ret->bfree = used < max ? (max - used) / PAGE_SIZE : 0;
	ret->bavail = ret->bfree;
	ret->files = q->max_inodes;
	ret->ffree = inodes < q->max_inodes ? q->max_inodes - inodes : 0;
	return 0;
}

/* "10m": a number with a unit; false: it is none. */
static bool parse_size(const char *s, u64 *ret)
{
	char *end;
	u64 v, scaled;
	unsigned shift = 0;

	if (*s < '0' || *s > '9')
		return false;
	v = strtoull(s, &end, 0);
	switch (*end) {
	case 'k':
	case 'K':
		shift = 10;
		break;
	case 'm':
	case 'M':
		shift = 20;
		break;
	case 'g':
	case 'G':
		shift = 30;
		break;
	}
	if (shift)
		end++;
	if (*end || __builtin_mul_overflow(v, 1ull << shift, &scaled))
		return false;
	*ret = scaled;
	return true;
}

static bool parse_id(const char *s, int base, u32 max, u32 *ret)
{
	char *end;
	unsigned long v = strtoul(s, &end, base);

	if (end == s || *end || v > max)
		return false;
	*ret = (u32)v;
	return true;
}

static bool parse_one(char *opt, struct tmpfs_options *o)
{
	char *val = strchr(opt, '=');

	if (!val)
		return false;
	*val++ = '\0';
	if (strcmp(opt, "size") == 0)
		return parse_size(val, &o->max_bytes);
	if (strcmp(opt, "nr_inodes") == 0)
		return parse_size(val, &o->max_inodes);
	if (strcmp(opt, "nr_blocks") == 0)
		return parse_size(val, &o->max_bytes) &&
		       !__builtin_mul_overflow(o->max_bytes, PAGE_SIZE, &o->max_bytes);
	if (strcmp(opt, "mode") == 0)
		return parse_id(val, 8, 07777, &o->mode);
	if (strcmp(opt, "uid") == 0)
		return parse_id(val, 10, UINT32_MAX - 1, &o->uid);
	if (strcmp(opt, "gid") == 0)
		return parse_id(val, 10, UINT32_MAX - 1, &o->gid);
	return false;
}

static int parse_options(const char *data, struct tmpfs_options *o)
{
	cleanup_free char *copy = kstrdup(data ? data : "");
	char *rest = copy, *opt;

	if (!copy)
		return -ENOMEM;
	while ((opt = strsep(&rest, ","))) {
		if (*opt && !parse_one(opt, o))
			return -EINVAL;
	}
	return 0;
}

static int fs_remount(struct super *super, u32 flags, const char *data)
{
	struct quota *q = &to_tmpfs(super)->quota;
	struct tmpfs_options o = {.max_bytes = q->max_bytes, .max_inodes = q->max_inodes};
	int err = parse_options(data, &o);

	if (err)
		return err;
	if (o.max_bytes < __atomic_load_n(&q->bytes, __ATOMIC_RELAXED) ||
	    o.max_inodes < __atomic_load_n(&q->inodes, __ATOMIC_RELAXED))
		return -EINVAL;
	/* A guest may not give itself more than the sandbox's limit. */
	if (o.max_bytes > max(q->max_bytes, tmpfs_default_bytes))
		return -EINVAL;
	__atomic_store_n(&q->max_bytes, o.max_bytes, __ATOMIC_RELAXED);
	__atomic_store_n(&q->max_inodes, o.max_inodes, __ATOMIC_RELAXED);
	__atomic_store_n(&super->flags, (super->flags & ~SUPER_RDONLY) | (flags & SUPER_RDONLY),
			 __ATOMIC_RELAXED);
	return 0;
}

static size_t fs_show_options(struct super *super, char *buf, size_t size)
{
	const struct tmpfs *fs = to_tmpfs(super);
	int n = snprintf(buf, size, ",size=%lluk,nr_inodes=%llu",
			 (unsigned long long)(fs->quota.max_bytes >> 10),
			 (unsigned long long)fs->quota.max_inodes);
	size_t len = n < 0 ? 0 : (size_t)n;

	if (fs->mode != 01777 && len < size)
		len += (size_t)snprintf(buf + len, size - len, ",mode=%o", fs->mode);
	return len;
}

/*
 * Take the tree apart: entries hold inodes, which hold the super.  Files that
 * are still open keep their inodes.
 */
static void empty_dir(struct tmpfs_dir *d, struct list_head *all)
{
	name_table_take(&d->entries, all);
}

static void dissolve(struct inode *root)
{
	struct list_head all = LIST_HEAD_INIT(all);

	empty_dir(to_tmpfs_dir(root), &all);
	while (!list_empty(&all)) {
		struct name *n = list_first_entry(&all, struct name, node);
		struct tmpfs_entry *e = to_tmpfs_entry(n);

		list_del(&n->node);
		if (inode_is_dir(e->inode))
			empty_dir(to_tmpfs_dir(e->inode), &all);
		inode_put(e->inode);
		name_fini(n);
		kfree(e);
	}
}

static void fs_shutdown(struct super *super)
{
	struct tmpfs *fs = to_tmpfs(super);
	struct inode *root = fs->root;

	fs->root = NULL;
	if (!root)
		return;
	dissolve(root);
	inode_put(root);
}

static void fs_release(struct super *super)
{
	struct tmpfs *fs = to_tmpfs(super);

	super_fini(super);
	kfree(fs);
}

static const struct super_ops tmpfs_super_ops = {
	.statfs = fs_statfs,
	.remount = fs_remount,
	.show_options = fs_show_options,
	.shutdown = fs_shutdown,
	.release = fs_release,
};

static int make_root(struct tmpfs *fs, const struct tmpfs_options *opts)
{
	struct inode_new what = {
		.mode = S_IFDIR | (opts->mode & 07777),
		.uid = opts->uid,
		.gid = opts->gid,
	};
	int err = tmpfs_inode_create(&fs->super, &what, &fs->root);

	return err ? err : super_set_root(&fs->super, fs->root);
}

int tmpfs_create(const struct tmpfs_options *opts, struct super **ret)
{
	struct tmpfs *fs = kzalloc(sizeof(*fs));
	int err;

	if (!fs)
		return -ENOMEM;
	err = super_init(&fs->super, &tmpfs_super_ops, "tmpfs", TMPFS_MAGIC, opts->super_flags);
	if (err) {
		kfree(fs);
		return err;
	}
	fs->mode = opts->mode;
	fs->quota.max_bytes = opts->max_bytes ? opts->max_bytes : tmpfs_default_bytes;
	fs->quota.max_inodes =
		opts->max_inodes ? opts->max_inodes : fs->quota.max_bytes / PAGE_SIZE;
	err = make_root(fs, opts);
	if (err) {
		super_shutdown(&fs->super);
		super_put(&fs->super);
		return err;
	}
	*ret = &fs->super;
	return 0;
}

int tmpfs_new_file(struct super *super, u32 mode, struct inode **ret)
{
	struct inode_new what = {.mode = S_IFREG | mode};
	int err = tmpfs_inode_create(super, &what, ret);

	if (!err)
		(*ret)->nlink = 0;
	return err;
}

bool tmpfs_charge(struct super *super, u64 bytes)
{
	return quota_charge(&to_tmpfs(super)->quota, bytes);
}

void tmpfs_uncharge(struct super *super, u64 bytes)
{
	quota_release(&to_tmpfs(super)->quota, bytes);
}

bool tmpfs_charge_name(struct super *super)
{
	return quota_charge_inode(&to_tmpfs(super)->quota);
}

void tmpfs_release_name(struct super *super)
{
	quota_release_inode(&to_tmpfs(super)->quota);
}

static int tmpfs_mount(const char *source, const char *data, u32 super_flags,
		       const struct cred *cred, struct super **ret)
{
	struct tmpfs_options o = {
		.mode = 01777,
		.uid = cred->fsuid,
		.gid = cred->fsgid,
		.super_flags = super_flags,
	};
	int err = parse_options(data, &o);

	(void)source;
	if (err)
		return err;
	/* The limit is the sandbox's: a guest may ask for less only. */
	if (!o.max_bytes || o.max_bytes > tmpfs_default_bytes)
		o.max_bytes = tmpfs_default_bytes;
	o.max_inodes = min(o.max_inodes, o.max_bytes / PAGE_SIZE);
	return tmpfs_create(&o, ret);
}

void tmpfs_init(u64 memory)
{
	static struct fs_type type = {.name = "tmpfs", .nodev = true, .mount = tmpfs_mount};

	tmpfs_default_bytes = memory / 2 & PAGE_MASK;
	tmpfs_total_bytes = memory / 4 * 3;
	fs_type_register(&type);
}
