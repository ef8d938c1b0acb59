/*
 * Extended attributes (attr.h): the rules of the name spaces.
 */
#include <limits.h>
#include <linux/xattr.h>
#include <string.h>

#include "fs/attr.h"
#include "fs/dentry.h"
#include "fs/fsnotify.h"
#include "fs/mount.h"
#include "kernel/cred.h"

static bool has_prefix(const char *name, const char *prefix)
{
	return strncmp(name, prefix, strlen(prefix)) == 0;
}

static int check_name(const char *name)
{
	static const char *const prefixes[] = {"user.", "trusted.", "security.", "system."};
	size_t len = strlen(name);

	if (!len || len > XATTR_NAME_MAX)
		return -ERANGE;
	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++) {
		if (has_prefix(name, prefixes[i]))
			return name[strlen(prefixes[i])] ? 0 : -EINVAL;
	}
	return -EOPNOTSUPP;
}

/* Posix ACLs and the like are nothing we keep. */
static int check_space(struct inode *inode, const char *name, bool write, const struct cred *cred)
{
	u32 mode = inode_mode(inode);

	if (has_prefix(name, "system."))
		return -EOPNOTSUPP;
	if (has_prefix(name, "security.")) {
		if (!write)
			return 0;
		if (strcmp(name, XATTR_NAME_CAPS) == 0)
			return cred_capable(cred, CAP_SETFCAP) ? 0 : -EPERM;
		return cred_capable(cred, CAP_SYS_ADMIN) ? 0 : -EPERM;
	}
	if (has_prefix(name, "trusted.")) {
		if (cred_capable(cred, CAP_SYS_ADMIN))
			return 0;
		return write ? -EPERM : -ENODATA;
	}
	if (!S_ISREG(mode) && !S_ISDIR(mode))
		return write ? -EPERM : -ENODATA;
	if (write && S_ISDIR(mode) && mode & S_ISVTX && !inode_owner_or_capable(inode, cred))
		return -EPERM;
	return inode_permission(inode, write ? MAY_WRITE : MAY_READ, cred);
}

static int check(const struct path *p, const char *name, bool write, const struct cred *cred)
{
	struct inode *inode = p->dentry->inode;
	int err = check_name(name);

	if (err)
		return err;
	if (write && mount_is_rdonly(p->mnt))
		return -EROFS;
	if (write && inode->flags & (INODE_IMMUTABLE | INODE_APPEND))
		return -EPERM;
	return check_space(inode, name, write, cred);
}

ssize_t vfs_getxattr(const struct path *p, const char *name, void *buf, size_t size,
		     const struct cred *cred)
{
	struct inode *inode = p->dentry->inode;
	int err = check(p, name, false, cred);

	if (err)
		return err;
	return inode->ops->getxattr ? inode->ops->getxattr(inode, name, buf, size) : -EOPNOTSUPP;
}

static int change(const struct path *p, const char *name, const void *value, size_t size, int flags,
		  const struct cred *cred)
{
	struct inode *inode = p->dentry->inode;
	int err = check(p, name, true, cred);

	if (err)
		return err;
	if (!inode->ops->setxattr)
		return -EOPNOTSUPP;
	mutex_lock(&inode->mu);
	err = inode->ops->setxattr(inode, name, value, size, flags);
	mutex_unlock(&inode->mu);
	if (!err)
		fsnotify_dentry(p->dentry, IN_ATTRIB);
	return err;
}

int vfs_setxattr(const struct path *p, const char *name, const void *value, size_t size, int flags,
		 const struct cred *cred)
{
	if (flags & ~(XATTR_CREATE | XATTR_REPLACE))
		return -EINVAL;
	if (size > XATTR_SIZE_MAX)
		return -E2BIG;
	return change(p, name, value ? value : "", size, flags, cred);
}

int vfs_removexattr(const struct path *p, const char *name, const struct cred *cred)
{
	return change(p, name, NULL, 0, XATTR_REPLACE, cred);
}

/* Take the names that @cred may not see out of the list; its new length. */
static ssize_t filter_list(char *buf, ssize_t len, const struct cred *cred)
{
	char *src = buf, *dst = buf, *end = buf + len;

	if (cred_capable(cred, CAP_SYS_ADMIN))
		return len;
	while (src < end) {
		size_t n = strnlen(src, (size_t)(end - src)) + 1;

		if (!has_prefix(src, "trusted.")) {
			memmove(dst, src, n);
			dst += n;
		}
		src += n;
	}
	return dst - buf;
}

ssize_t vfs_listxattr(const struct path *p, char *buf, size_t size, const struct cred *cred)
{
	struct inode *inode = p->dentry->inode;
	ssize_t n;

	if (!inode->ops->listxattr)
		return 0;
	n = inode->ops->listxattr(inode, buf, size);
	return n > 0 && size ? filter_list(buf, n, cred) : n;
}
