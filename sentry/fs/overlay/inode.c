/*
 * Inodes of overlay: found by what is below, pinned when they change.
 */
#include <linux/xattr.h>
#include <string.h>

#include "fs/overlay/internal.h"
#include "fs/stat.h"
#include "fs/still.h"
#include "fs/tmpfs/tmpfs.h"
#include "lib/alloc.h"

#define BUCKETS_FIRST 256
#define COPY_LIST_MAX 65536

int ovl_table_init(struct ovl_super *s)
{
	mutex_init(&s->table_mu, LOCK_LEAF);
	list_init(&s->pinned);
	list_init(&s->dirs);
	s->nr_buckets = BUCKETS_FIRST;
	s->buckets = kcalloc(s->nr_buckets, sizeof(*s->buckets));
	return s->buckets ? 0 : -ENOMEM;
}

void ovl_table_fini(struct ovl_super *s)
{
	kfree(s->buckets);
}

static struct ovl_inode **bucket_of(struct ovl_inode **buckets, u32 nr, const struct inode *lower)
{
	u64 h = (u64)(uintptr_t)lower >> 5;

	return &buckets[(h * 0x9e3779b97f4a7c15ull >> 32) & (nr - 1)];
}

static void grow_table_locked(struct ovl_super *s)
{
	u32 nr = s->nr_buckets * 2;
	struct ovl_inode **bigger = kcalloc(nr, sizeof(*bigger)), **pp, *oi, *next;

	if (!bigger)
		return;
	for (u32 i = 0; i < s->nr_buckets; i++) {
		for (oi = s->buckets[i]; oi; oi = next) {
			next = oi->hash_next;
			pp = bucket_of(bigger, nr, oi->lower);
			oi->hash_next = *pp;
			*pp = oi;
		}
	}
	kfree(s->buckets);
	s->buckets = bigger;
	s->nr_buckets = nr;
}

/* The living inode of @lower, counted, or NULL. */
static struct inode *table_find_locked(struct ovl_super *s, const struct inode *lower)
{
	struct ovl_inode *oi = *bucket_of(s->buckets, s->nr_buckets, lower);

	while (oi && !(oi->lower == lower && ref_get_unless_zero(&oi->inode.ref)))
		oi = oi->hash_next;
	return oi ? &oi->inode : NULL;
}

static void table_add_locked(struct ovl_super *s, struct ovl_inode *oi)
{
	struct ovl_inode **pp;

	if (s->nr >= s->nr_buckets)
		grow_table_locked(s);
	pp = bucket_of(s->buckets, s->nr_buckets, oi->lower);
	oi->hash_next = *pp;
	*pp = oi;
	s->nr++;
}

static void table_remove(struct ovl_super *s, struct ovl_inode *oi)
{
	struct ovl_inode **pp;

	mutex_lock(&s->table_mu);
	pp = bucket_of(s->buckets, s->nr_buckets, oi->lower);
	while (*pp && *pp != oi)
		pp = &(*pp)->hash_next;
	if (*pp) {
		*pp = oi->hash_next;
		s->nr--;
	}
	mutex_unlock(&s->table_mu);
}

static int inode_alloc(struct ovl_super *s, u32 mode, u64 ino, struct inode **ret)
{
	const struct inode_ops *ops = &ovl_node_ops;
	struct ovl_inode *oi;

	if (S_ISDIR(mode)) {
		struct ovl_dir *d = kzalloc(sizeof(*d));

		if (!d)
			return -ENOMEM;
		name_table_init(&d->slots);
		list_init(&d->dirs_node);
		oi = &d->base;
		ops = &ovl_dir_ops;
	} else {
		oi = kzalloc(sizeof(*oi));
		if (!oi)
			return -ENOMEM;
		if (S_ISREG(mode))
			ops = &ovl_file_ops;
	}
	list_init(&oi->pinned_node);
	inode_init(&oi->inode, &s->super, ops, ino, mode);
	if (S_ISLNK(mode))
		oi->inode.flags |= INODE_LINK_STABLE;
	*ret = &oi->inode;
	return 0;
}

static void take_attributes(struct inode *inode, const struct kstat *k)
{
	inode->rdev = k->rdev;
	inode->uid = k->uid;
	inode->gid = k->gid;
	inode->nlink = k->nlink;
	inode->size = k->size;
	inode->blocks = k->blocks;
	inode->blksize = k->blksize;
	inode->atime = k->atime;
	inode->mtime = k->mtime;
	inode->ctime = k->ctime;
	inode->btime = k->has_btime ? k->btime : k->ctime;
}

int ovl_inode_obtain(struct ovl_super *s, struct inode *lower, struct inode **ret)
{
	cleanup_inode struct inode *inode = NULL;
	struct kstat k = {0};
	int err = 0;

	mutex_lock(&s->table_mu);
	*ret = table_find_locked(s, lower);
	mutex_unlock(&s->table_mu);
	if (*ret)
		return 0;
	if (lower->ops->getattr)
		err = lower->ops->getattr(lower, &k);
	else
		inode_fill_stat(lower, &k);
	if (!err)
		err = inode_alloc(s, inode_mode(lower), k.ino, &inode);
	if (err)
		return err;
	take_attributes(inode, &k);
	inode->still = true;
	mutex_lock(&s->table_mu);
	*ret = table_find_locked(s, lower);
	if (!*ret) {
		to_ovl(inode)->lower = inode_get(lower);
		table_add_locked(s, to_ovl(inode));
		*ret = steal(&inode);
	}
	mutex_unlock(&s->table_mu);
	return 0;
}

int ovl_inode_new(struct ovl_super *s, const struct inode_new *what, struct inode **ret)
{
	cleanup_inode struct inode *inode = NULL;
	u64 ino = OVL_INO_NEW | super_new_ino(&s->super);
	int err = inode_alloc(s, what->mode, ino, &inode);

	if (err)
		return err;
	inode->uid = what->uid;
	inode->gid = what->gid;
	inode->rdev = what->rdev;
	if (S_ISDIR(what->mode))
		inode->size = PAGE_SIZE;
	if (S_ISLNK(what->mode)) {
		size_t len = strlen(what->target);

		if (!tmpfs_charge(s->upper, len))
			return -ENOSPC;
		inode->size = len;
		inode->link = kstrdup(what->target);
		if (!inode->link) {
			tmpfs_uncharge(s->upper, len);
			return -ENOMEM;
		}
	}
	*ret = steal(&inode);
	return 0;
}

int ovl_pin(struct inode *inode)
{
	struct ovl_super *s = ovl_super_of(inode);
	struct ovl_inode *oi = to_ovl(inode);
	bool done;

	if (!oi->lower)
		return 0;
	inode_stir(inode);
	mutex_lock(&s->table_mu);
	done = !list_empty(&oi->pinned_node);
	mutex_unlock(&s->table_mu);
	if (done)
		return 0;
	if (!tmpfs_charge_name(s->upper))
		return -ENOSPC;
	mutex_lock(&s->table_mu);
	done = !list_empty(&oi->pinned_node);
	if (!done) {
		inode_get(inode);
		list_add_tail(&oi->pinned_node, &s->pinned);
	}
	mutex_unlock(&s->table_mu);
	if (done)
		tmpfs_release_name(s->upper);
	return 0;
}

void ovl_unpin(struct inode *inode)
{
	struct ovl_super *s = ovl_super_of(inode);
	bool was;

	mutex_lock(&s->table_mu);
	was = !list_empty(&to_ovl(inode)->pinned_node);
	list_del(&to_ovl(inode)->pinned_node);
	mutex_unlock(&s->table_mu);
	if (!was)
		return;
	tmpfs_release_name(s->upper);
	inode_put(inode);
}

/* One attribute from below; what cannot be read there is not copied. */
static int copy_xattr(struct inode *lower, struct inode *shadow, const char *name)
{
	cleanup_free void *value = NULL;
	ssize_t n = lower->ops->getxattr(lower, name, NULL, 0);
	int err;

	if (n < 0)
		return 0;
	value = kzalloc((size_t)n + 1);
	if (!value)
		return -ENOMEM;
	n = n ? lower->ops->getxattr(lower, name, value, (size_t)n) : 0;
	if (n < 0)
		return 0;
	mutex_lock(&shadow->mu);
	err = shadow->ops->setxattr(shadow, name, value, (size_t)n, 0);
	mutex_unlock(&shadow->mu);
	return err;
}

static int copy_xattrs(struct inode *lower, struct inode *shadow)
{
	cleanup_free char *list = NULL;
	ssize_t n, off;
	int err = 0;

	if (!lower->ops->listxattr || !lower->ops->getxattr)
		return 0;
	n = lower->ops->listxattr(lower, NULL, 0);
	if (n <= 0 || n > COPY_LIST_MAX)
		return 0;
	list = kzalloc((size_t)n + 1);
	if (!list)
		return -ENOMEM;
	n = lower->ops->listxattr(lower, list, (size_t)n);
	for (off = 0; !err && off < n; off += (ssize_t)strlen(list + off) + 1)
		err = copy_xattr(lower, shadow, list + off);
	return err;
}

int ovl_shadow_locked(struct inode *inode) NO_TSA
{
	struct ovl_inode *oi = to_ovl(inode);
	cleanup_inode struct inode *shadow = NULL;
	int err = 0;

	if (oi->shadow)
		return 0;
	err = ovl_pin(inode);
	if (!err)
		err = tmpfs_new_file(ovl_super_of(inode)->upper, 0, &shadow);
	if (!err && oi->lower)
		err = copy_xattrs(oi->lower, shadow);
	if (!err)
		oi->shadow = steal(&shadow);
	return err;
}

void ovl_release(struct inode *inode)
{
	struct ovl_super *s = ovl_super_of(inode);
	struct ovl_inode *oi = to_ovl(inode);

	if (oi->lower)
		table_remove(s, oi);
	else if (S_ISLNK(inode->mode))
		tmpfs_uncharge(s->upper, inode->link ? inode->size : 0);
	if (oi->upper_file)
		file_put(oi->upper_file);
	if (oi->shadow)
		inode_put(oi->shadow);
	if (oi->lower)
		inode_put(oi->lower);
	inode_fini(inode);
	/* The inode is the first member of whatever it is. */
	kfree(oi);
}

static int set_size_locked(struct inode *inode, const struct iattr *attr) NO_TSA
{
	struct ovl_inode *oi = to_ovl(inode);
	struct iattr size = {.valid = ATTR_SIZE, .size = attr->size};
	struct inode *shadow;
	int err = ovl_copy_up_locked(inode, min(attr->size, inode->size));

	if (err)
		return err;
	shadow = oi->shadow;
	mutex_lock(&shadow->mu);
	err = shadow->ops->setattr(shadow, &size);
	inode->blocks = shadow->blocks;
	mutex_unlock(&shadow->mu);
	if (!err)
		__atomic_store_n(&inode->size, attr->size, __ATOMIC_RELAXED);
	return err;
}

int ovl_setattr(struct inode *inode, const struct iattr *attr) NO_TSA
{
	int err = ovl_pin(inode);

	if (!err && attr->valid & ATTR_SIZE && S_ISREG(inode->mode))
		err = set_size_locked(inode, attr);
	if (!err && attr->valid & ATTR_KILL_PRIV &&
	    ovl_getxattr(inode, XATTR_NAME_CAPS, NULL, 0) >= 0)
		err = ovl_setxattr(inode, XATTR_NAME_CAPS, NULL, 0, 0);
	if (!err)
		inode_apply_attr_locked(inode, attr);
	return err;
}

/* Where its extended attributes stand. */
static struct inode *xattr_home(struct inode *inode)
{
	struct ovl_inode *oi = to_ovl(inode);
	struct inode *shadow = __atomic_load_n(&oi->shadow, __ATOMIC_ACQUIRE);

	return shadow ? shadow : oi->lower;
}

ssize_t ovl_getxattr(struct inode *inode, const char *name, void *buf, size_t size)
{
	struct inode *home = xattr_home(inode);

	return home && home->ops->getxattr ? home->ops->getxattr(home, name, buf, size) : -ENODATA;
}

int ovl_setxattr(struct inode *inode, const char *name, const void *value, size_t size,
		 int flags) NO_TSA
{
	struct inode *shadow;
	int err = ovl_shadow_locked(inode);

	if (err)
		return err;
	shadow = to_ovl(inode)->shadow;
	mutex_lock(&shadow->mu);
	err = shadow->ops->setxattr(shadow, name, value, size, flags);
	mutex_unlock(&shadow->mu);
	if (!err)
		inode_touch_ctime_locked(inode);
	return err;
}

ssize_t ovl_listxattr(struct inode *inode, char *buf, size_t size)
{
	struct inode *home = xattr_home(inode);

	return home && home->ops->listxattr ? home->ops->listxattr(home, buf, size) : 0;
}
