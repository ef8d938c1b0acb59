/*
 * What the files of fs/ share with each other and with nobody else.
 */
#pragma once
#include <time.h>

#include "fs/namei.h"
#include "lib/base.h"

struct cred;
struct dentry;
struct iattr;
struct inode;
struct inode_new;
struct mount;
struct qname;
struct task;

/*
 * A walk under way.  Fields are namei.c's but for cur and last.
 *
 * A symlink that is followed is held until the end, since the names that are
 * left point into its text.
 */
struct nameidata {
	const struct namei_base *base;
	struct path cur;         /* counted: where the walk stands */
	const struct path *root; /* where "/" leads and ".." stops */
	struct last_name last;   /* after walk_parent(): the component left */
	bool open;               /* what stands at the end is to be opened */
	bool follow;             /* a symlink there is walked */
	const char *then;        /* what follows the string that is walked, a link's; or NULL */
	bool in_links;           /* and more than one string does */
	unsigned nr_links;
	struct {
		const char *rest; /* what follows the link in its string */
		struct inode *inode;
		char *text; /* owned, when the inode does not keep it */
	} links[NAMEI_SYMLINKS_MAX];
};

/* nd_init - start a walk; nd_fini() whatever happens */
void nd_init(struct nameidata *nd, const struct namei_base *base);
void nd_fini(struct nameidata *nd);

#define cleanup_nd __attribute__((cleanup(nd_fini)))

/*
 * nd_walk_parent - walk all of @name but the last component, left in nd->last
 *
 * @name starts at base->cwd or root for the first call, at nd->cur for the text
 * of a link that nd_follow() gave.
 */
int nd_walk_parent(struct nameidata *nd, const char *name) must_check;

/*
 * nd_step - move nd->cur to @child of nd->cur, over mounts, through a symlink
 * @follow: go through a symlink
 * @trailing: it is the last component (protected_symlinks)
 * @ret_link: NULL, or the text of a symlink to be walked with nd_walk_parent()
 */
int nd_step(struct nameidata *nd, struct dentry *child, bool follow, bool trailing,
	    const char **ret_link) must_check;

/*
 * nd_lookup_fast - path_lookup() where the dentry cache knows it all
 *
 * Return: 0, -ENOENT, or -EAGAIN: it does not, or more is needed than names.
 */
int nd_lookup_fast(const struct namei_base *base, const char *name, unsigned flags,
		   struct path *ret) must_check;

/* nd_last - walk nd->last; as nd_step() */
int nd_last(struct nameidata *nd, bool follow, const char **ret_link) must_check;

/* may_create - new names in @dir: -ENOENT if it was removed, -EACCES, -EROFS, -EPERM */
int may_create(const struct path *dir, const struct cred *cred) must_check;

/* new_inode_owner - who owns what @cred makes in @dir, and what becomes of @mode */
struct inode_new new_inode_owner(const struct inode *dir, u32 mode, const struct cred *cred);

/* touch_atime - a read through @mnt, by the rules of relatime */
void touch_atime(const struct mount *mnt, struct inode *inode);

/* inode_setattr_locked - ops->setattr, or what it means when there is none */
int inode_setattr_locked(struct inode *inode, const struct iattr *attr)
	must_check REQUIRES(inode->mu);

/*
 * attr_kill_priv - add to @attr what a change of the data or owner takes away:
 * setuid, setgid, file capabilities
 *
 * @cred: who changes; he keeps them with CAP_FSETID; NULL: the sentry, which does
 * @chown: the owner changes: setuid goes whoever does it
 */
void attr_kill_priv(const struct inode *inode, struct iattr *attr, const struct cred *cred,
		    bool chown);

/* inode_link_text - the target of a symlink: kept by the inode, or *@ret_text to kfree() */
int inode_link_text(struct inode *inode, struct task *t, const char **ret, char **ret_text)
	must_check;
