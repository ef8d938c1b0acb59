/*
 * Inodes of tmpfs: their making, attributes, end; extended attributes.
 */
#include <fcntl.h>
#include <linux/xattr.h>
#include <string.h>

#include "fs/stat.h"
#include "fs/tmpfs/internal.h"
#include "lib/alloc.h"

struct xattr {
	struct list_head node;
	char *name;
	void *value;
	size_t size;
};

static struct inode *alloc_inode(struct tmpfs *fs, const struct inode_new *what,
				 const struct inode_ops **ret_ops)
{
	if (S_ISREG(what->mode)) {
		struct tmpfs_file *tf = kzalloc(sizeof(*tf));

		*ret_ops = &tmpfs_file_ops;
		if (!tf)
			return NULL;
		data_init(&tf->data, &fs->quota);
		tf->seals = F_SEAL_SEAL;
		return &tf->base.inode;
	}
	if (S_ISDIR(what->mode)) {
		struct tmpfs_dir *td = kzalloc(sizeof(*td));

		*ret_ops = &tmpfs_dir_ops;
		if (!td)
			return NULL;
		name_table_init(&td->entries);
		td->next_cookie = 2;
		return &td->base.inode;
	}
	*ret_ops = &tmpfs_node_ops;
	return kzalloc(sizeof(struct tmpfs_inode));
}

static int set_target(struct inode *inode, const char *target)
{
	size_t len = strlen(target);

	if (!quota_charge(quota_of(inode), len))
		return -ENOSPC;
	inode->size = len;
	inode->link = kstrdup(target);
	if (inode->link)
		return 0;
	return -ENOMEM;
}

int tmpfs_inode_create(struct super *super, const struct inode_new *what, struct inode **ret)
{
	struct tmpfs *fs = to_tmpfs(super);
	cleanup_inode struct inode *inode = NULL;
	const struct inode_ops *ops;
	struct inode *raw;
	int err = 0;

	if (!quota_charge_inode(&fs->quota))
		return -ENOSPC;
	raw = alloc_inode(fs, what, &ops);
	if (!raw) {
		quota_release_inode(&fs->quota);
		return -ENOMEM;
	}
	inode_init(raw, super, ops, super_new_ino(super), what->mode);
	inode = raw;
	list_init(&to_tmpfs_inode(inode)->xattrs);
	inode->uid = what->uid;
	inode->gid = what->gid;
	inode->rdev = what->rdev;
	if (S_ISDIR(what->mode)) {
		inode->size = 40;
		to_tmpfs_dir(inode)->parent_ino = inode->ino;
	}
	if (S_ISLNK(what->mode))
		err = set_target(inode, what->target);
	if (err)
		return err;
	*ret = steal(&inode);
	return 0;
}

int tmpfs_setattr(struct inode *inode, const struct iattr *attr) REQUIRES(inode->mu)
{
	if (attr->valid & ATTR_KILL_PRIV)
		(void)!tmpfs_setxattr(inode, XATTR_NAME_CAPS, NULL, 0, 0);
	inode_apply_attr_locked(inode, attr);
	return 0;
}

void tmpfs_release(struct inode *inode)
{
	struct quota *q = quota_of(inode);

	tmpfs_xattrs_free(inode);
	if (S_ISLNK(inode->mode))
		quota_release(q, inode->size);
	quota_release_inode(q);
	inode_fini(inode);
	/* The inode is the first member of whatever it is. */
	kfree(to_tmpfs_inode(inode));
}

const struct inode_ops tmpfs_node_ops = {
	.setattr = tmpfs_setattr,
	.getxattr = tmpfs_getxattr,
	.setxattr = tmpfs_setxattr,
	.listxattr = tmpfs_listxattr,
	.release = tmpfs_release,
};

static u64 xattr_cost(const struct xattr *x)
{
	return sizeof(*x) + strlen(x->name) + x->size;
}

static struct xattr *xattr_find(struct inode *inode, const char *name)
{
	struct xattr *x;

	list_for_each_entry (x, &to_tmpfs_inode(inode)->xattrs, node) {
		if (strcmp(x->name, name) == 0)
			return x;
	}
	return NULL;
}

static void xattr_free(struct inode *inode, struct xattr *x)
{
	quota_release(quota_of(inode), xattr_cost(x));
	list_del(&x->node);
	kfree(x->name);
	kfree(x->value);
	kfree(x);
}

void tmpfs_xattrs_free(struct inode *inode)
{
	struct list_head *xattrs = &to_tmpfs_inode(inode)->xattrs;

	while (!list_empty(xattrs))
		xattr_free(inode, list_first_entry(xattrs, struct xattr, node));
}

static int xattr_create(struct inode *inode, const char *name, const void *value, size_t size,
			struct xattr **ret)
{
	struct xattr *x = kzalloc(sizeof(*x));

	if (!x)
		return -ENOMEM;
	list_init(&x->node);
	x->name = kstrdup(name);
	x->value = kmemdup(value, size);
	x->size = size;
	if (x->name && x->value && quota_charge(quota_of(inode), xattr_cost(x))) {
		*ret = x;
		return 0;
	}
	kfree(x->name);
	kfree(x->value);
	kfree(x);
	return -ENOSPC;
}

ssize_t tmpfs_getxattr(struct inode *inode, const char *name, void *buf, size_t size)
{
	const struct xattr *x;
	ssize_t ret;

	mutex_lock(&inode->mu);
	x = xattr_find(inode, name);
	if (!x)
		ret = -ENODATA;
	else if (size && size < x->size)
		ret = -ERANGE;
	else
		ret = (ssize_t)x->size;
	if (ret > 0 && size)
		memcpy(buf, x->value, x->size);
	mutex_unlock(&inode->mu);
	return ret;
}

int tmpfs_setxattr(struct inode *inode, const char *name, const void *value, size_t size,
		   int flags) NO_TSA
{
	struct xattr *old = xattr_find(inode, name), *new = NULL;
	int err = 0;

	if (old && flags & XATTR_CREATE)
		return -EEXIST;
	if (!old && flags & XATTR_REPLACE)
		return -ENODATA;
	if (value)
		err = xattr_create(inode, name, value, size, &new);
	if (err)
		return err;
	if (old)
		xattr_free(inode, old);
	if (new)
		list_add_tail(&new->node, &to_tmpfs_inode(inode)->xattrs);
	inode_touch_ctime_locked(inode);
	return 0;
}

ssize_t tmpfs_listxattr(struct inode *inode, char *buf, size_t size)
{
	const struct xattr *x;
	size_t total = 0;
	ssize_t ret = 0;

	mutex_lock(&inode->mu);
	list_for_each_entry (x, &to_tmpfs_inode(inode)->xattrs, node) {
		size_t len = strlen(x->name) + 1;

		if (size && total + len > size)
			ret = -ERANGE;
		if (size && !ret)
			memcpy(buf + total, x->name, len);
		total += len;
	}
	mutex_unlock(&inode->mu);
	return ret ? ret : (ssize_t)total;
}
