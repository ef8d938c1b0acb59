/*
 * The walk of a string whose every name is in the dentry cache (internal.h).
 *
 * Done under the dcache lock of each file system it passes, with nothing counted
 * on the way but mounts that are crossed.  A symlink whose text is known goes on
 * with a string of its own: the text, and what was left.  Whatever needs more than
 * that (a name that is not cached, "..", a file system that must be asked, a right
 * that is missing) is left to the walk of namei.c, which starts over and finds the
 * right errno.
 *
 * Locks: LOCK_DCACHE, one at a time.
 */
#include <string.h>

#include "fs/attr.h"
#include "fs/dcache.h"
#include "fs/internal.h"
#include "fs/mount.h"
#include "fs/super.h"

#define LINKS_MAX 8
#define TEXT_MAX  256

/* Where the walk stands.  The lock of dentry's file system is held, so it stays. */
struct stand {
	struct mount *mnt;
	struct dentry *dentry;
	bool counted; /* mnt is */
};

/* Strings of links that were followed. */
struct texts {
	unsigned nr;
	char buf[TEXT_MAX];
};

static void leave(struct stand *at) NO_TSA
{
	mutex_unlock(&at->dentry->super->dcache->mu);
	if (at->counted)
		mount_put(at->mnt);
}

/* Onto the mount that stands at @d, if one does. */
static void cross(struct stand *at, struct dentry *d) NO_TSA
{
	struct mount *m;

	at->dentry = d;
	while ((m = mount_at(at->mnt, at->dentry))) {
		leave(at);
		*at = (struct stand){m, m->root, true};
		mutex_lock(&m->root->super->dcache->mu);
	}
}

/* Into the directory where the walk stands, to @name; false: not this way. */
static bool step(struct stand *at, const char *name, size_t len, const struct cred *cred,
		 struct dentry **ret) NO_TSA
{
	struct dentry *d = at->dentry;
	struct qname q;

	if (len > NAME_LEN_MAX || d->super->ops->revalidate || !inode_is_dir(d->inode) ||
	    inode_permission(d->inode, MAY_EXEC, cred))
		return false;
	q = qname_make(name, len);
	*ret = dcache_find_locked(d->super->dcache, d, &q);
	return *ret;
}

static const char *skip_slashes(const char *s)
{
	while (*s == '/')
		s++;
	return s;
}

/* Is @name something else than the name of an entry. */
static bool is_dots(const char *name, size_t len)
{
	return name[0] == '.' && (len == 1 || (len == 2 && name[1] == '.'));
}

static void enter(struct stand *at, const struct path *p) NO_TSA
{
	*at = (struct stand){p->mnt, p->dentry, false};
	mutex_lock(&p->dentry->super->dcache->mu);
}

/* The text of the link @d, if it can be followed without a further look; NULL: it cannot. */
static const char *link_text(const struct stand *at, const struct dentry *d, bool trailing)
{
	const struct inode *link = d->inode;
	const char *text = __atomic_load_n(&link->link, __ATOMIC_ACQUIRE);
	struct timespec now;

	if (!text || !*text || link->ops->get_link || d->mounted ||
	    mount_flags(at->mnt) & MNT_NOSYMFOLLOW || atime_is_old(at->mnt, link, &now))
		return NULL;
	/* Who may follow it depends on more (fs.protected_symlinks). */
	return trailing && inode_mode(at->dentry->inode) & S_ISVTX ? NULL : text;
}

/* Go on with the text of the link @d and @rest; NULL: not this way. */
static const char *follow(struct stand *at, const struct namei_base *base, struct dentry *d,
			  const char *rest, struct texts *t)
{
	const char *text = link_text(at, d, !*skip_slashes(rest));
	size_t len = text ? strlen(text) : 0, left = strlen(rest) + 1;

	if (!text || ++t->nr > LINKS_MAX || len + left > sizeof(t->buf))
		return NULL;
	memmove(t->buf + len, rest, left);
	memcpy(t->buf, text, len);
	if (*t->buf != '/')
		return t->buf;
	leave(at);
	enter(at, &base->root);
	return skip_slashes(t->buf);
}

/* The whole walk; 0, -ENOENT, or -EAGAIN: not this way. */
static int walk(struct stand *at, const struct namei_base *base, const char *name, unsigned flags)
{
	struct texts t = {.nr = 0};

	while (*name) {
		const char *end = strchrnul(name, '/');
		struct dentry *d;

		if (is_dots(name, (size_t)(end - name)) ||
		    !step(at, name, (size_t)(end - name), base->cred, &d))
			return -EAGAIN;
		if (dentry_is_negative(d))
			return -ENOENT;
		/* A slash at the end follows a link, and wants a directory. */
		if (inode_is_symlink(d->inode) && (*end || flags & LOOKUP_FOLLOW)) {
			name = follow(at, base, d, end, &t);
			if (!name)
				return -EAGAIN;
			continue;
		}
		cross(at, d);
		name = skip_slashes(end);
		if (*end && !*name && !inode_is_dir(at->dentry->inode))
			return -EAGAIN;
	}
	if (flags & LOOKUP_DIRECTORY && !inode_is_dir(at->dentry->inode))
		return -EAGAIN;
	return 0;
}

int nd_lookup_fast(const struct namei_base *base, const char *name, unsigned flags,
		   struct path *ret) NO_TSA
{
	const struct path *from = *name == '/' ? &base->root : &base->cwd;
	struct stand at;
	int err;

	if (base->resolve || !*name || !from->dentry || !from->mnt)
		return -EAGAIN;
	enter(&at, from);
	err = walk(&at, base, skip_slashes(name), flags);
	if (err) {
		leave(&at);
		return err;
	}
	*ret = (struct path){at.counted ? at.mnt : mount_get(at.mnt), dentry_get(at.dentry)};
	mutex_unlock(&at.dentry->super->dcache->mu);
	return 0;
}
