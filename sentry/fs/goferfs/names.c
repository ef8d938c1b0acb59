/*
 * Directories of host files: looking up, making, linking, renaming, removing
 *
 * The gofer does it on the host and says what is there now.  What a change does
 * to the attributes of the directory, or of what was unlinked, is not computed:
 * these are stale and asked for when somebody wants to know.
 *
 * A name the gofer has no handle left for is asked for once more after unused
 * ones were given back.
 */
#include <sys/stat.h>

#include "fs/goferfs/ahead.h"

/*
 * Names that a directory has not, asked for one by one, before all of it is read: more of a
 * large one, where a name takes the host a microsecond to tell, and a request some thirty.
 */
#define MISSED_MIN 4
#define MISSED_MAX 64

/* What an entry with attributes takes in a reply, about. */
#define ENTRY_SIZE (sizeof(struct gofer_dirent) + sizeof(struct gofer_attr) + 32)

int gs_walk_one(struct gofer_super *s, u32 dir, const char *name, struct gofer_node *ret)
{
	struct gofer_walk_req req = {.dir = dir, .names = {.n = 1, .v = {name}}};
	cleanup_gofer_call struct gofer_call call;
	struct gofer_walk_rep rep;
	int err;

	gofer_call_init(&call);
	err = gofer_walk(s->c, &call, &req, &rep);
	if (err == -EMFILE || err == -ENFILE) {
		gs_make_room(s);
		err = gofer_walk(s->c, &call, &req, &rep);
	}
	if (err)
		return err;
	if (rep.nodes.n != 1)
		return -EIO;
	*ret = rep.nodes.v[0];
	return 0;
}

/*
 * A program that asks for a few names that are not there often asks for many:
 * all the names cost little more than one.
 */
static void read_names(struct gofer_inode *gd)
{
	cleanup_gofer_call struct gofer_call call;
	struct gofer_readdir_rep rep;

	gofer_call_init(&call);
	/* Without it the names are asked for one by one. */
	if (gd_ask(gd, 0, GOFER_READDIR_MAX, GOFER_READDIR_FEW, &call, &rep))
		return;
}

static u32 missed_max(const struct gofer_inode *gd)
{
	u64 requests = inode_size(&gd->inode) / DIR_BYTES_A_REQUEST;

	return (u32)min(max(requests, (u64)MISSED_MIN), (u64)MISSED_MAX);
}

/* Attributes of @name may come with those of others: what is known then. */
static enum ahead_found read_attrs(struct gofer_inode *gd, const struct qname *name,
				   struct gofer_attr *ret, enum ahead_found known)
{
	cleanup_gofer_call struct gofer_call call;
	struct gofer_readdir_rep rep;
	u64 cookie;
	u32 nr;

	gofer_call_init(&call);
	if (!ahead_batch(gd, name, &cookie, &nr) ||
	    gd_ask(gd, cookie, min(nr * (u32)ENTRY_SIZE, GOFER_READDIR_MAX), GOFER_READDIR_ATTR,
		   &call, &rep))
		return known;
	ahead_batched(gd, cookie, &rep.entries, rep.eof);
	return ahead_find(gd, name, ret);
}

/* It was looked at, and is @inode: what will be opened then?  Nothing else is asked for now. */
static void look_followed(struct gofer_inode *gd, const struct qname *name, struct inode *inode)
{
	struct gofer_batch b = {.n = 0};

	if (!inode || !inode_is_reg(inode) || !qname_is_looked_at(name))
		return;
	pair_looked(gd, name);
	early_guess(gd, name, &b);
	gofer_batch_send(inode_gofer_super(&gd->inode)->c, &b);
}

/* Where names stay what they are: from what was read ahead, or without a handle. */
static int lookup_frozen(struct gofer_inode *gd, const struct qname *name, struct inode **ret)
{
	enum ahead_found found;
	struct gofer_attr attr;
	struct gofer_name n;
	int err;

	if (found_take(gd, name, ret)) {
		look_followed(gd, name, *ret);
		return 0;
	}
	found = ahead_find(gd, name, &attr);
	if (found != AHEAD_ABSENT && found != AHEAD_FOUND && early_lookup(gd, name, ret))
		return 0;
	if (found != AHEAD_ABSENT && found != AHEAD_FOUND && qname_is_looked_at(name))
		found = read_attrs(gd, name, &attr, found);
	if (found == AHEAD_ABSENT)
		return 0;
	if (found == AHEAD_FOUND) {
		gofer_name_set(&n, name);
		err = gi_obtain_lazy(gd, n.s, &attr, ret);
		if (!err)
			look_followed(gd, name, *ret);
		return err;
	}
	err = gi_look(gd, name, ret);
	if (!err && inode_is_reg(*ret) && qname_is_looked_at(name))
		pair_looked(gd, name);
	if (!err && found == AHEAD_UNKNOWN && inode_is_dir(*ret))
		ahead_was_dir(gd);
	if (err == -ENOENT && ++gd->nr_missed == missed_max(gd))
		read_names(gd);
	return err == -ENOENT ? 0 : err;
}

static int gi_lookup(struct inode *dir, const struct qname *name, struct inode **ret)
{
	struct gofer_super *s = inode_gofer_super(dir);
	struct gofer_inode *gd = to_gofer_inode(dir);
	struct gofer_node node;
	struct gofer_name n;
	int err;

	*ret = NULL;
	if (gd->empty)
		return 0;
	if (s->frozen)
		return lookup_frozen(gd, name, ret);
	gofer_name_set(&n, name);
	err = gs_walk_one(s, gd->handle, n.s, &node);
	if (err)
		return err == -ENOENT ? 0 : err;
	return gi_obtain(s, node.handle, &node.attr, ret);
}

int gs_revalidate(struct inode *dir, const struct qname *name, struct inode *inode)
{
	struct gofer_super *s = inode_gofer_super(dir);
	struct gofer_inode *gi = inode ? to_gofer_inode(inode) : NULL;
	struct gofer_node node;
	struct gofer_name n;
	int err;

	if (to_gofer_inode(dir)->empty)
		return 1;
	gofer_name_set(&n, name);
	err = gs_walk_one(s, to_gofer_inode(dir)->handle, n.s, &node);
	if (err)
		return err == -ENOENT ? !inode : err;
	gofer_client_drop(s->c, node.handle);
	if (!gi || !gi_is(gi, &node.attr))
		return 0;
	gi_update(gi, &node.attr);
	return 1;
}

/* The requests that make something, each in its shape; the reply's node is the same. */
static int make_node(struct gofer_super *s, struct gofer_call *call, u32 dir, const char *name,
		     const struct inode_new *what, struct gofer_node *ret)
{
	struct gofer_mkdir_rep md = {0};
	struct gofer_symlink_rep sl = {0};
	struct gofer_mknod_rep mk = {0};
	struct gofer_create_rep cr = {0};
	u32 mode = what->mode & 07777;
	int err;

	switch (what->mode & S_IFMT) {
	case S_IFREG:
		err = gofer_create(s->c, call,
				   &(struct gofer_create_req){dir, name, GOFER_OPEN_MASK, mode,
							      what->uid, what->gid},
				   &cr);
		*ret = (struct gofer_node){.handle = cr.node, .attr = cr.attr};
		return err;
	case S_IFDIR:
		err = gofer_mkdir(s->c, call,
				  &(struct gofer_mkdir_req){dir, name, mode, what->uid, what->gid},
				  &md);
		*ret = (struct gofer_node){.handle = md.node, .attr = md.attr};
		return err;
	case S_IFLNK:
		err = gofer_symlink(
			s->c, call,
			&(struct gofer_symlink_req){dir, name, what->target, what->uid, what->gid},
			&sl);
		*ret = (struct gofer_node){.handle = sl.node, .attr = sl.attr};
		return err;
	case S_IFIFO:
	case S_IFSOCK:
		err = gofer_mknod(
			s->c, call,
			&(struct gofer_mknod_req){dir, name, what->mode, what->uid, what->gid},
			&mk);
		*ret = (struct gofer_node){.handle = mk.node, .attr = mk.attr};
		return err;
	default:
		return -EPERM;
	}
}

static int gi_create(struct inode *dir, const struct qname *name, const struct inode_new *what,
		     struct inode **ret)
{
	struct gofer_super *s = inode_gofer_super(dir);
	struct gofer_inode *gd = to_gofer_inode(dir);
	cleanup_gofer_call struct gofer_call call;
	struct gofer_node node = {0};
	struct gofer_name n;
	int err;

	gofer_name_set(&n, name);
	gofer_call_init(&call);
	err = make_node(s, &call, gd->handle, n.s, what, &node);
	/* Out of handles, and nothing was made.  (Out of descriptors here, it was.) */
	if (err == -EMFILE) {
		gs_make_room(s);
		err = make_node(s, &call, gd->handle, n.s, what, &node);
	}
	if (err)
		return err;
	gi_mark_stale(gd);
	err = gi_obtain(s, node.handle, &node.attr, ret);
	if (!err && hostfd_valid(call.fd))
		gi_fd_adopt(to_gofer_inode(*ret), steal_hostfd(&call.fd), true);
	return err;
}

static int gi_tmpfile(struct inode *dir, const struct inode_new *what, struct inode **ret)
{
	struct gofer_super *s = inode_gofer_super(dir);
	struct gofer_tmpfile_req req = {
		.dir = to_gofer_inode(dir)->handle,
		.flags = GOFER_OPEN_MASK,
		.mode = what->mode & 07777,
		.uid = what->uid,
		.gid = what->gid,
	};
	cleanup_gofer_call struct gofer_call call;
	struct gofer_tmpfile_rep rep;
	int err;

	gofer_call_init(&call);
	err = gofer_tmpfile(s->c, &call, &req, &rep);
	if (!err)
		err = gi_obtain(s, rep.node, &rep.attr, ret);
	if (!err)
		gi_fd_adopt(to_gofer_inode(*ret), steal_hostfd(&call.fd), true);
	return err;
}

static int gi_link(struct inode *dir, const struct qname *name, struct inode *inode)
{
	struct gofer_super *s = inode_gofer_super(dir);
	struct gofer_inode *gd = to_gofer_inode(dir), *gi = to_gofer_inode(inode);
	cleanup_gofer_call struct gofer_call call;
	struct gofer_link_req req = {.node = gi->handle, .dir = gd->handle};
	struct gofer_link_rep rep;
	struct gofer_name n;
	int err;

	gofer_name_set(&n, name);
	req.name = n.s;
	gofer_call_init(&call);
	err = gofer_link(s->c, &call, &req, &rep);
	if (err)
		return err;
	gi_update(gi, &rep.attr);
	gi_mark_stale(gd);
	return 0;
}

/* One name of @gi is gone; whether it was the last is known at once. */
static void lose_name(struct gofer_inode *gi)
{
	struct inode *inode = &gi->inode;

	mutex_lock(&inode->mu);
	if (inode_is_dir(inode))
		__atomic_store_n(&inode->nlink, 0, __ATOMIC_RELAXED);
	else if (inode->nlink)
		__atomic_store_n(&inode->nlink, inode->nlink - 1, __ATOMIC_RELAXED);
	mutex_unlock(&inode->mu);
	gi_mark_stale(gi);
}

static int gi_unlink(struct inode *dir, const struct qname *name, struct inode *inode)
{
	struct gofer_super *s = inode_gofer_super(dir);
	struct gofer_inode *gd = to_gofer_inode(dir);
	struct gofer_unlink_req req = {
		.dir = gd->handle,
		.flags = inode_is_dir(inode) ? GOFER_UNLINK_DIR : 0,
	};
	cleanup_gofer_call struct gofer_call call;
	struct gofer_name n;
	int err;

	gofer_name_set(&n, name);
	req.name = n.s;
	gofer_call_init(&call);
	err = gofer_unlink(s->c, &call, &req);
	if (err)
		return err;
	lose_name(to_gofer_inode(inode));
	gi_mark_stale(gd);
	return 0;
}

static int gi_rename(struct inode *olddir, const struct qname *oldname, struct inode *inode,
		     struct inode *newdir, const struct qname *newname, struct inode *victim,
		     unsigned flags)
{
	struct gofer_super *s = inode_gofer_super(olddir);
	struct gofer_inode *god = to_gofer_inode(olddir), *gnd = to_gofer_inode(newdir);
	struct gofer_rename_req req = {
		.olddir = god->handle,
		.newdir = gnd->handle,
		.flags = flags & RENAME_EXCHANGE ? GOFER_RENAME_EXCHANGE : 0,
	};
	cleanup_gofer_call struct gofer_call call;
	struct gofer_name o, n;
	int err;

	gofer_call_init(&call);
	if (flags & ~(unsigned)(RENAME_NOREPLACE | RENAME_EXCHANGE))
		return -EINVAL;
	/* The VFS saw no victim; on the host one may have come since. */
	if (flags & RENAME_NOREPLACE)
		req.flags |= GOFER_RENAME_NOREPLACE;
	gofer_name_set(&o, oldname);
	gofer_name_set(&n, newname);
	req.oldname = o.s;
	req.newname = n.s;
	err = gofer_rename(s->c, &call, &req);
	if (err)
		return err;
	if (victim && !(flags & RENAME_EXCHANGE))
		lose_name(to_gofer_inode(victim));
	else if (victim)
		gi_mark_stale(to_gofer_inode(victim));
	gi_mark_stale(to_gofer_inode(inode));
	gi_mark_stale(god);
	gi_mark_stale(gnd);
	return 0;
}

static int gi_open(struct inode *inode, const struct open_args *args, struct file **ret)
{
	return inode_is_dir(inode) ? gd_open(inode, args, ret) : gf_open(inode, args, ret);
}

const struct inode_ops gofer_inode_ops = {
	.lookup = gi_lookup,
	.create = gi_create,
	.link = gi_link,
	.unlink = gi_unlink,
	.rename = gi_rename,
	.tmpfile = gi_tmpfile,
	.readlink = gi_readlink,
	.open = gi_open,
	.getattr = gi_getattr,
	.setattr = gi_setattr,
	.getxattr = gi_getxattr,
	.setxattr = gi_setxattr,
	.listxattr = gi_listxattr,
	.release = gi_release,
};
