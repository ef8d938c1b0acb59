/*
 * Path walk (namei.h).
 *
 * A string is walked up to its last component by nd_walk_parent(), the last one
 * by whoever knows what it is for.  Runs of cached names are walked under one
 * hold of the dcache lock, without touching a count (walk_cached); everything
 * else goes name by name.  A symlink in the middle puts the rest of its string
 * on a stack and the walk goes on with its text.
 *
 * Locks: LOCK_DCACHE for stretches; nothing when a file system is asked.
 */
#include "fs/namei.h"

#include <linux/openat2.h>
#include <string.h>

#include "fs/dcache.h"
#include "fs/internal.h"
#include "fs/mount.h"
#include "fs/super.h"
#include "kernel/cred.h"
#include "lib/alloc.h"

#define RESOLVE_SCOPED (RESOLVE_BENEATH | RESOLVE_IN_ROOT)

void namei_base_init(struct namei_base *base, const struct cred *cred, const struct path *root,
		     const struct path *cwd)
{
	*base = (struct namei_base){
		.cred = cred,
		.root = path_get(root),
		.cwd = path_get(cwd),
		.umask = 022,
	};
}

void namei_base_fini(struct namei_base *base)
{
	if (base->borrowed)
		return;
	path_put(&base->root);
	path_put(&base->cwd);
}

void nd_init(struct nameidata *nd, const struct namei_base *base)
{
	nd->base = base;
	nd->cur = PATH_NONE;
	nd->root = base->resolve & RESOLVE_SCOPED ? &base->cwd : &base->root;
	nd->open = false;
	nd->follow = false;
	nd->then = NULL;
	nd->in_links = false;
	nd->nr_links = 0;
}

void nd_fini(struct nameidata *nd)
{
	path_put(&nd->cur);
	for (unsigned i = 0; i < nd->nr_links; i++) {
		kfree(nd->links[i].text);
		if (nd->links[i].inode)
			inode_put(nd->links[i].inode);
	}
}

void namei_step_down(struct path *p)
{
	struct mount *m;

	while ((m = mount_at(p->mnt, p->dentry))) {
		struct path under = *p;

		*p = (struct path){m, dentry_get(m->root)};
		path_put(&under);
	}
}

void namei_dotdot(struct path *p, const struct path *root)
{
	struct path old = *p, up;

	while (!path_equal(p, root) && p->dentry == p->mnt->root && mount_point(p->mnt, &up)) {
		old = *p;
		*p = up;
		path_put(&old);
	}
	if (path_equal(p, root) || p->dentry == p->mnt->root)
		return;
	old = *p;
	*p = (struct path){mount_get(old.mnt), dentry_parent_get(old.dentry)};
	path_put(&old);
	namei_step_down(p);
}

static void set_cur(struct nameidata *nd, const struct path *p)
{
	struct path old = nd->cur;

	nd->cur = path_get(p);
	path_put(&old);
}

/* "/" at the start of a string or of a link's text. */
static int jump_root(struct nameidata *nd)
{
	u64 resolve = nd->base->resolve;

	if (resolve & RESOLVE_BENEATH)
		return -EXDEV;
	if (resolve & RESOLVE_NO_XDEV && path_valid(&nd->cur) && nd->cur.mnt != nd->root->mnt)
		return -EXDEV;
	set_cur(nd, nd->root);
	return 0;
}

static int walk_dotdot(struct nameidata *nd)
{
	struct mount *mnt = nd->cur.mnt;

	if (nd->base->resolve & RESOLVE_BENEATH && path_equal(&nd->cur, nd->root))
		return -EXDEV;
	namei_dotdot(&nd->cur, nd->root);
	if (nd->base->resolve & RESOLVE_NO_XDEV && nd->cur.mnt != mnt)
		return -EXDEV;
	return 0;
}

int inode_link_text(struct inode *inode, struct task *t, const char **ret, char **ret_text)
{
	char *text = __atomic_load_n(&inode->link, __ATOMIC_ACQUIRE), *kept;
	ssize_t n;

	*ret_text = NULL;
	*ret = text;
	if (likely(text))
		return 0;
	if (!inode->ops->readlink)
		return -EINVAL;
	text = kzalloc(NAMEI_PATH_MAX);
	if (!text)
		return -ENOMEM;
	*ret_text = text;
	n = inode->ops->readlink(inode, t, text, NAMEI_PATH_MAX - 1);
	if (n < 0)
		return (int)n;
	*ret = text;
	if (!(inode->flags & INODE_LINK_STABLE))
		return 0;
	kept = kstrdup(text);
	if (!kept)
		return 0;
	mutex_lock(&inode->mu);
	if (!inode->link)
		__atomic_store_n(&inode->link, steal(&kept), __ATOMIC_RELEASE);
	mutex_unlock(&inode->mu);
	kfree(kept);
	return 0;
}

/* As Linux with fs.protected_symlinks = 1. */
static int may_follow_link(const struct nameidata *nd, const struct inode *link)
{
	const struct inode *dir = nd->cur.dentry->inode;
	u32 mode = inode_mode(dir);

	if (link->uid == nd->base->cred->fsuid)
		return 0;
	if ((mode & (S_ISVTX | S_IWOTH)) != (S_ISVTX | S_IWOTH))
		return 0;
	return dir->uid == link->uid ? 0 : -EACCES;
}

/* A link straight to a place: go there. */
static int jump_magic(struct nameidata *nd, struct inode *link)
{
	cleanup_path struct path to = PATH_NONE;
	u64 resolve = nd->base->resolve;
	int err;

	if (resolve & RESOLVE_NO_MAGICLINKS)
		return -ELOOP;
	err = link->ops->get_link(link, nd->base->task, &to);
	if (err)
		return err;
	if (resolve & RESOLVE_SCOPED || (resolve & RESOLVE_NO_XDEV && to.mnt != nd->cur.mnt))
		return -EXDEV;
	set_cur(nd, &to);
	return 0;
}

/* Go through the symlink @at, a child of nd->cur. */
static int follow_link(struct nameidata *nd, const struct path *at, bool trailing, const char **ret)
{
	struct inode *link = at->dentry->inode;
	const char *text;
	unsigned i = nd->nr_links;
	int err = trailing ? may_follow_link(nd, link) : 0;

	if (err)
		return err;
	if (i == NAMEI_SYMLINKS_MAX || nd->base->resolve & RESOLVE_NO_SYMLINKS ||
	    mount_flags(at->mnt) & MNT_NOSYMFOLLOW)
		return -ELOOP;
	touch_atime(at->mnt, link);
	nd->links[i].inode = inode_get(link);
	nd->links[i].text = NULL;
	nd->nr_links = i + 1;
	if (link->ops->get_link)
		return jump_magic(nd, link);
	err = inode_link_text(link, nd->base->task, &text, &nd->links[i].text);
	if (err)
		return err;
	if (!*text)
		return -ENOENT;
	if (*text == '/')
		err = jump_root(nd);
	*ret = text;
	return err;
}

int nd_step(struct nameidata *nd, struct dentry *child, bool follow, bool trailing,
	    const char **ret_link)
{
	cleanup_path struct path next = {mount_get(nd->cur.mnt), dentry_get(child)};

	*ret_link = NULL;
	namei_step_down(&next);
	if (next.mnt != nd->cur.mnt && nd->base->resolve & RESOLVE_NO_XDEV)
		return -EXDEV;
	if (dentry_is_negative(next.dentry))
		return -ENOENT;
	if (follow && inode_is_symlink(next.dentry->inode))
		return follow_link(nd, &next, trailing, ret_link);
	set_cur(nd, &next);
	return 0;
}

static int may_search(const struct nameidata *nd)
{
	struct inode *dir = nd->cur.dentry->inode;

	if (unlikely(!inode_is_dir(dir)))
		return -ENOTDIR;
	return inode_permission(dir, MAY_EXEC, nd->base->cred);
}

static enum last_type name_type(const char *str, size_t len)
{
	if (str[0] != '.' || len > 2)
		return LAST_NAME;
	if (len == 1)
		return LAST_DOT;
	return str[1] == '.' ? LAST_DOTDOT : LAST_NAME;
}

static int walk_name(struct nameidata *nd, const struct last_name *c, bool follow, bool trailing,
		     const char **ret_link)
{
	cleanup_dentry struct dentry *child = NULL;
	struct qname q;
	int err;

	*ret_link = NULL;
	if (c->type == LAST_ROOT)
		return 0;
	err = may_search(nd);
	if (err || c->type == LAST_DOT)
		return err;
	if (c->type == LAST_DOTDOT)
		return walk_dotdot(nd);
	if (c->len > NAME_LEN_MAX)
		return -ENAMETOOLONG;
	q = qname_make(c->str, c->len);
	q.ahead = QNAME_PATH;
	if (!nd->in_links)
		q.ahead |= (nd->open ? QNAME_OPEN : 0) | (nd->follow ? QNAME_FOLLOW : 0);
	q.then = nd->then;
	err = dentry_lookup(nd->cur.dentry, &q, &child);
	if (err)
		return err;
	return nd_step(nd, child, follow, trailing, ret_link);
}

int nd_last(struct nameidata *nd, bool follow, const char **ret_link)
{
	return walk_name(nd, &nd->last, follow || nd->last.slash, true, ret_link);
}

/* The component at @name, and what comes after it and its slashes. */
static const char *split(const char *name, struct last_name *ret)
{
	const char *end = strchrnul(name, '/');

	ret->str = name;
	ret->len = (size_t)(end - name);
	ret->type = name_type(name, ret->len);
	ret->slash = *end == '/';
	while (*end == '/')
		end++;
	return end;
}

/*
 * Walk ordinary cached names that are followed by more; nothing is counted on the
 * way.  Stops before whatever needs more thought.
 */
static const char *walk_cached(struct nameidata *nd, const char *name)
{
	struct super *super = nd->cur.dentry->super;
	struct dcache *dc = super->dcache;
	struct dentry *d = nd->cur.dentry, *start = d;

	if (super->ops->revalidate)
		return name;
	mutex_lock(&dc->mu);
	for (;;) {
		struct last_name c;
		const char *next = split(name, &c);
		struct dentry *child;
		struct qname q;

		if (!*next || c.type != LAST_NAME || c.len > NAME_LEN_MAX)
			break;
		if (!inode_is_dir(d->inode) || inode_permission(d->inode, MAY_EXEC, nd->base->cred))
			break;
		q = qname_make(c.str, c.len);
		child = dcache_find_locked(dc, d, &q);
		if (!child || !child->inode || child->mounted || !inode_is_dir(child->inode))
			break;
		d = child;
		name = next;
	}
	if (d != start)
		nd->cur.dentry = dentry_get(d);
	mutex_unlock(&dc->mu);
	if (d != start)
		dentry_put(start);
	return name;
}

#define PARENT_MAX 256

/* All but the last component of @name at once; -EAGAIN: step by step. */
static int walk_parent_fast(struct nameidata *nd, const char *name)
{
	const char *last = name + strlen(name);
	char parent[PARENT_MAX];
	struct last_name c;
	int err;

	while (last > name && last[-1] == '/')
		last--;
	while (last > name && last[-1] != '/')
		last--;
	split(last, &c);
	if (last == name || last >= name + sizeof(parent) || !c.len || c.type != LAST_NAME)
		return -EAGAIN;
	memcpy(parent, name, (size_t)(last - name));
	parent[last - name] = '\0';
	err = nd_lookup_fast(nd->base, parent, LOOKUP_FOLLOW | LOOKUP_DIRECTORY, &nd->cur);
	if (!err)
		nd->last = c;
	return err;
}

int nd_walk_parent(struct nameidata *nd, const char *name)
{
	const char *rest[NAMEI_SYMLINKS_MAX];
	unsigned depth = 0;
	int err = 0;

	if (!path_valid(&nd->cur)) {
		if (!*name)
			return -ENOENT;
		err = walk_parent_fast(nd, name);
		if (err != -EAGAIN)
			return err;
		err = 0;
		if (*name == '/')
			err = jump_root(nd);
		else
			set_cur(nd, &nd->base->cwd);
	}
	while (*name == '/')
		name++;
	if (!*name)
		nd->last = (struct last_name){.type = LAST_ROOT, .str = name};
	while (!err && *name) {
		const char *next, *link;
		struct last_name c;

		name = walk_cached(nd, name);
		next = split(name, &c);
		nd->in_links = depth > 1;
		nd->then = depth ? rest[depth - 1] : NULL;
		while (!*next && depth)
			next = rest[--depth];
		if (!*next) {
			nd->last = c;
			return 0;
		}
		err = walk_name(nd, &c, true, false, &link);
		if (!err && link) {
			rest[depth++] = next;
			while (*link == '/')
				link++;
			next = link;
			while (!*next && depth)
				next = rest[--depth];
		}
		name = next;
	}
	return err;
}

static int lookup_slow(const struct namei_base *base, const char *name, unsigned flags,
		       struct path *ret)
{
	cleanup_nd struct nameidata nd;
	const char *link = name;
	bool dir = flags & LOOKUP_DIRECTORY, follow = flags & LOOKUP_FOLLOW;
	int err = 0;

	nd_init(&nd, base);
	nd.open = flags & LOOKUP_OPEN;
	nd.follow = follow;
	while (!err && link) {
		err = nd_walk_parent(&nd, link);
		if (err)
			break;
		dir |= nd.last.slash;
		follow |= nd.last.slash;
		err = nd_last(&nd, follow, &link);
	}
	if (!err && dir && !inode_is_dir(nd.cur.dentry->inode))
		err = -ENOTDIR;
	if (err)
		return err;
	*ret = nd.cur;
	nd.cur = PATH_NONE;
	return 0;
}

int path_lookup(const struct namei_base *base, const char *name, unsigned flags, struct path *ret)
{
	int err;

	if (!*name && flags & LOOKUP_EMPTY) {
		*ret = path_get(&base->cwd);
		return 0;
	}
	err = nd_lookup_fast(base, name, flags, ret);
	return err == -EAGAIN ? lookup_slow(base, name, flags, ret) : err;
}

int path_parent(const struct namei_base *base, const char *name, struct path *ret,
		struct last_name *ret_last)
{
	cleanup_nd struct nameidata nd;
	int err;

	nd_init(&nd, base);
	err = nd_walk_parent(&nd, name);
	if (!err)
		err = may_search(&nd);
	if (err)
		return err;
	*ret = nd.cur;
	nd.cur = PATH_NONE;
	*ret_last = nd.last;
	return 0;
}
