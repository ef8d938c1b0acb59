/*
 * Paths and their text (path.h).
 *
 * The text is built from the last name backwards: up the dentries of a mount
 * under its dcache lock, then on at the mount point.
 */
#include "fs/path.h"

#include <stdio.h>
#include <string.h>

#include "fs/dcache.h"
#include "fs/file.h"
#include "fs/inode.h"
#include "fs/mount.h"
#include "fs/super.h"

#define DELETED " (deleted)"

struct path path_get(const struct path *p)
{
	if (p->mnt)
		mount_get(p->mnt);
	if (p->dentry)
		dentry_get(p->dentry);
	return *p;
}

void path_put(struct path *p)
{
	struct path old = *p;

	*p = PATH_NONE;
	if (old.dentry)
		dentry_put(old.dentry);
	if (old.mnt)
		mount_put(old.mnt);
}

/* A buffer that fills from its end. */
struct back_buf {
	char *start, *at;
};

static int prepend(struct back_buf *b, const char *str, size_t len)
{
	if ((size_t)(b->at - b->start) < len)
		return -ENAMETOOLONG;
	b->at -= len;
	memcpy(b->at, str, len);
	return 0;
}

/*
 * The names from @d up to @top or the root of the super, where *@ret_end is left
 * (counted).
 */
static int prepend_names(struct back_buf *b, struct dentry *d, const struct dentry *top,
			 const struct dentry *mnt_root, struct dentry **ret_end)
{
	struct dcache *dc = d->super->dcache;
	int err = 0;

	mutex_lock(&dc->mu);
	while (!err && d != top && d != mnt_root && d != d->parent) {
		err = prepend(b, d->name.str, d->name.len);
		if (!err)
			err = prepend(b, "/", 1);
		d = d->parent;
	}
	*ret_end = dentry_get(d);
	mutex_unlock(&dc->mu);
	return err;
}

static int walk_up(struct back_buf *b, struct path *at, const struct path *root, bool *ret_reached)
{
	*ret_reached = false;
	for (;;) {
		const struct dentry *top = at->mnt == root->mnt ? root->dentry : NULL;
		struct dentry *end;
		struct path up;
		int err = prepend_names(b, at->dentry, top, at->mnt->root, &end);

		dentry_put(at->dentry);
		at->dentry = end;
		if (err)
			return err;
		if (end == top) {
			*ret_reached = true;
			return 0;
		}
		if (end != at->mnt->root || !mount_point(at->mnt, &up))
			return 0;
		path_put(at);
		*at = up;
	}
}

/* Up to the root of the mount, where *@at is left. */
static bool is_public_below(struct path *at)
{
	struct dcache *dc = at->dentry->super->dcache;
	struct dentry *d = at->dentry;
	bool is = true;

	mutex_lock(&dc->mu);
	while (is && d != at->mnt->root && d != d->parent) {
		d = d->parent;
		is = d->inode && inode_mode(d->inode) & S_IXOTH;
	}
	dentry_get(d);
	mutex_unlock(&dc->mu);
	dentry_put(at->dentry);
	at->dentry = d;
	return is;
}

bool path_is_public(const struct path *p)
{
	struct path at, up;
	bool is;

	if (!p->mnt || !p->dentry)
		return false;
	at = path_get(p);
	while ((is = is_public_below(&at)) && at.dentry == at.mnt->root &&
	       mount_point(at.mnt, &up)) {
		path_put(&at);
		at = up;
	}
	path_put(&at);
	return is;
}

bool d_is_deleted(const struct path *p)
{
	struct dcache *dc = p->dentry->super->dcache;
	bool deleted;

	mutex_lock(&dc->mu);
	deleted = p->dentry->flags & DENTRY_DELETED;
	mutex_unlock(&dc->mu);
	return deleted;
}

static int pseudo_path(const struct dentry *d, char *buf, size_t size, char **ret)
{
	struct back_buf b = {buf, buf + size - 1};

	*b.at = '\0';
	*ret = buf;
	if (prepend(&b, d->name.str, d->name.len))
		return -ENAMETOOLONG;
	*ret = b.at;
	return 0;
}

int d_path(const struct path *p, const struct path *root, char *buf, size_t size, char **ret,
	   bool *ret_reached)
{
	cleanup_path struct path at = path_get(p);
	struct back_buf b = {buf, buf + size};
	bool reached = true;
	int err = 0;

	if (p->dentry->flags & DENTRY_PSEUDO)
		return pseudo_path(p->dentry, buf, size, ret);
	err = prepend(&b, "", 1);
	if (!err && d_is_deleted(p))
		err = prepend(&b, DELETED, strlen(DELETED));
	if (!err)
		err = walk_up(&b, &at, root, &reached);
	if (!err && *b.at != '/')
		err = prepend(&b, "/", 1);
	if (err)
		return err;
	*ret = b.at;
	if (ret_reached)
		*ret_reached = reached;
	return 0;
}

int file_path(const struct file *f, const struct path *root, char *buf, size_t size, char **ret)
{
	int n;

	if (path_valid(&f->path))
		return d_path(&f->path, root, buf, size, ret, NULL);
	n = snprintf(buf, size, "anon_inode:[%s]", f->ops->anon_name ? f->ops->anon_name : "file");
	*ret = buf;
	return n < 0 || (size_t)n >= size ? -ENAMETOOLONG : 0;
}
