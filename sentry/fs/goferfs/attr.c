/*
 * Attributes of host files: kept, asked for, changed
 *
 * On an exclusive mount nobody else changes a file, so what the gofer said once
 * stays true until we change it ourselves; then the inode is *stale* and the
 * next one who asks gets the host's word, from a descriptor that happens to be
 * open or from the gofer.  On a shared mount it is always asked.
 *
 * Sizes are never stale on an exclusive mount: appends and reads at the end
 * depend on them, so whoever writes moves them on.
 *
 * Locks: inode->mu, held across gofer calls as the VFS does for setattr.
 */
#include <linux/xattr.h>
#include <sys/stat.h>

#include "fs/goferfs/ahead.h"
#include "fs/stat.h"

static struct timespec from_time(const struct gofer_time *t)
{
	return (struct timespec){.tv_sec = t->sec, .tv_nsec = t->nsec};
}

static struct gofer_time to_time(const struct timespec *ts)
{
	return (struct gofer_time){.sec = ts->tv_sec, .nsec = (u32)ts->tv_nsec};
}

static void store32(u32 *p, u32 v)
{
	__atomic_store_n(p, v, __ATOMIC_RELAXED);
}

static void set_time(struct timespec *t, const struct gofer_time *now)
{
	struct timespec ts = from_time(now);

	inode_set_time(t, &ts);
}

void gi_update_locked(struct gofer_inode *gi, const struct gofer_attr *attr) NO_TSA
{
	struct inode *inode = &gi->inode;

	store32(&inode->mode, (inode->mode & S_IFMT) | (attr->mode & 07777));
	store32(&inode->uid, attr->uid);
	store32(&inode->gid, attr->gid);
	store32(&inode->nlink, attr->nlink);
	inode->blksize = attr->blksize;
	__atomic_store_n(&inode->size, attr->size, __ATOMIC_RELAXED);
	inode->blocks = attr->blocks;
	set_time(&inode->atime, &attr->atime);
	set_time(&inode->mtime, &attr->mtime);
	set_time(&inode->ctime, &attr->ctime);
	inode->btime = from_time(&attr->btime);
	inode->version++;
}

void gi_update(struct gofer_inode *gi, const struct gofer_attr *attr)
{
	mutex_lock(&gi->inode.mu);
	gi_update_locked(gi, attr);
	mutex_unlock(&gi->inode.mu);
}

/* What a descriptor of ours can tell: all but owner, whose ids the gofer maps, and birth. */
static void update_from_stat_locked(struct inode *inode, const struct stat *st) NO_TSA
{
	store32(&inode->mode, (inode->mode & S_IFMT) | (st->st_mode & 07777));
	store32(&inode->nlink, (u32)st->st_nlink);
	__atomic_store_n(&inode->size, (u64)st->st_size, __ATOMIC_RELAXED);
	inode->blocks = (u64)st->st_blocks;
	inode_set_time(&inode->atime, &st->st_atim);
	inode_set_time(&inode->mtime, &st->st_mtim);
	inode_set_time(&inode->ctime, &st->st_ctim);
	inode->version++;
}

static int ask_gofer_locked(struct gofer_inode *gi)
{
	struct gofer_super *s = inode_gofer_super(&gi->inode);
	struct gofer_getattr_req req;
	cleanup_gofer_call struct gofer_call call;
	struct gofer_getattr_rep rep;
	int err;

	gofer_call_init(&call);
	err = gi_handle(gi, &req.node);
	if (!err)
		err = gofer_getattr(s->c, &call, &req, &rep);
	gi_handle_put(gi, req.node);
	if (!err)
		gi_update_locked(gi, &rep.attr);
	return err;
}

/* On a shared mount the owner may have changed too, which only the gofer can tell. */
static int refresh_any_locked(struct gofer_inode *gi)
{
	struct stat st;
	hostfd_t fd;
	int err;

	if (inode_gofer_super(&gi->inode)->shared || !gi_fd_peek(gi, false, &fd))
		return ask_gofer_locked(gi);
	err = host_fstat(fd, &st);
	if (!err)
		update_from_stat_locked(&gi->inode, &st);
	gi_fd_put(gi);
	return err;
}

int gi_refresh_locked(struct gofer_inode *gi)
{
	bool stale = __atomic_exchange_n(&gi->stale, false, __ATOMIC_ACQUIRE);
	int err = 0;

	if (stale || inode_gofer_super(&gi->inode)->shared ||
	    __atomic_load_n(&gi->mapped, __ATOMIC_RELAXED))
		err = refresh_any_locked(gi);
	if (err && stale)
		gi_mark_stale(gi);
	return err;
}

int gi_getattr(struct inode *inode, struct kstat *ret)
{
	struct gofer_inode *gi = to_gofer_inode(inode);
	int err;

	mutex_lock(&inode->mu);
	err = gi_refresh_locked(gi);
	mutex_unlock(&inode->mu);
	if (err)
		return err;
	inode_fill_stat(inode, ret);
	ret->has_btime = !gi->no_btime;
	return 0;
}

/* Is it open to be read, and has it not been for writing? */
static bool is_only_read(struct gofer_inode *gi)
{
	hostfd_t fd;

	if (!gi_fd_peek(gi, false, &fd))
		return false;
	gi_fd_put(gi);
	return true;
}

/*
 * A size through a descriptor that may write, if there is one: no rights are asked for again.
 * If there is one that only reads, it may be of a file that will be another (fds.c).
 */
static int truncate_locked(struct gofer_inode *gi, u64 size, bool *ret_done)
{
	hostfd_t fd;
	int err;

	*ret_done = gi_fd_peek(gi, true, &fd) || (is_only_read(gi) && !gi_fd_get(gi, true, &fd));
	if (!*ret_done)
		return 0;
	err = host_ftruncate(fd, (off_t)size);
	gi_fd_put(gi);
	return err;
}

static void fill_setattr(const struct iattr *attr, struct gofer_setattr_req *req)
{
	const u32 valid = attr->valid;

	req->valid =
		(valid & ATTR_MODE ? GOFER_SET_MODE : 0) | (valid & ATTR_UID ? GOFER_SET_UID : 0) |
		(valid & ATTR_GID ? GOFER_SET_GID : 0) | (valid & ATTR_SIZE ? GOFER_SET_SIZE : 0);
	req->mode = attr->mode & 07777;
	req->uid = attr->uid;
	req->gid = attr->gid;
	req->size = attr->size;
	if (valid & ATTR_ATIME) {
		req->valid |= valid & ATTR_ATIME_SET ? GOFER_SET_ATIME : GOFER_SET_ATIME_NOW;
		req->atime = to_time(&attr->atime);
	}
	if (valid & ATTR_MTIME) {
		req->valid |= valid & ATTR_MTIME_SET ? GOFER_SET_MTIME : GOFER_SET_MTIME_NOW;
		req->mtime = to_time(&attr->mtime);
	}
}

/* The host drops file capabilities by itself when an ordinary gofer writes; a mighty one asks. */
static void drop_capability(struct gofer_inode *gi)
{
	struct gofer_super *s = inode_gofer_super(&gi->inode);
	struct gofer_removexattr_req req = {.node = gi->handle, .name = XATTR_NAME_CAPS};
	cleanup_gofer_call struct gofer_call call;

	gofer_call_init(&call);
	if (__atomic_load_n(&gi->no_xattrs, __ATOMIC_RELAXED))
		return;
	if (gofer_removexattr(s->c, &call, &req) == 0)
		gi_mark_stale(gi);
}

int gi_setattr(struct inode *inode, const struct iattr *attr)
{
	struct gofer_inode *gi = to_gofer_inode(inode);
	struct gofer_super *s = inode_gofer_super(inode);
	struct gofer_setattr_req req = {.node = gi->handle};
	cleanup_gofer_call struct gofer_call call;
	struct gofer_setattr_rep rep;
	struct iattr left = *attr;
	bool done = false;
	int err = 0;

	gofer_call_init(&call);
	if (left.valid & ATTR_SIZE)
		err = truncate_locked(gi, left.size, &done);
	if (err)
		return err;
	if (done) {
		/* A new size brings its own times, as the host's truncate does. */
		__atomic_store_n(&inode->size, left.size, __ATOMIC_RELAXED);
		gi_mark_stale(gi);
		left.valid &= ~(u32)ATTR_SIZE;
		if (!(left.valid & (ATTR_ATIME_SET | ATTR_MTIME_SET)))
			left.valid &= ~(u32)(ATTR_ATIME | ATTR_MTIME);
	}
	if (left.valid & ATTR_KILL_PRIV)
		drop_capability(gi);
	fill_setattr(&left, &req);
	if (!req.valid)
		return 0;
	err = gofer_setattr(s->c, &call, &req, &rep);
	if (!err)
		gi_update_locked(gi, &rep.attr);
	return err;
}

/* How long the list of names is; on exclusive mounts it is remembered that it is empty. */
static ssize_t ask_xattrs(struct gofer_inode *gi)
{
	struct gofer_super *s = inode_gofer_super(&gi->inode);
	struct gofer_listxattr_req req = {.node = gi->handle};
	cleanup_gofer_call struct gofer_call call;
	struct gofer_xattrsat_rep rep_at;
	struct gofer_listxattr_rep rep;
	struct gofer_where w;
	int err;

	gofer_call_init(&call);
	if (req.node) {
		err = gofer_listxattr(s->c, &call, &req, &rep);
		return err ? err : (ssize_t)rep.size;
	}
	ahead_xattrs(gi);
	err = gi_where(gi, NULL, &w);
	if (!err)
		err = gofer_xattrsat(s->c, &call, &(struct gofer_xattrsat_req){w.dir, w.names},
				     &rep_at);
	gi_where_fini(gi, &w);
	return err ? err : (ssize_t)rep_at.size;
}

static ssize_t count_xattrs(struct gofer_inode *gi)
{
	ssize_t n;

	if (__atomic_load_n(&gi->no_xattrs, __ATOMIC_RELAXED))
		return 0;
	n = ask_xattrs(gi);
	if (!n && !inode_gofer_super(&gi->inode)->shared)
		__atomic_store_n(&gi->no_xattrs, true, __ATOMIC_RELAXED);
	return n;
}

ssize_t gi_getxattr(struct inode *inode, const char *name, void *buf, size_t size)
{
	struct gofer_inode *gi = to_gofer_inode(inode);
	struct gofer_super *s = inode_gofer_super(inode);
	struct gofer_getxattr_req req = {
		.name = name,
		.size = (u32)min(size, (size_t)GOFER_XATTR_MAX),
	};
	cleanup_gofer_call struct gofer_call call;
	struct gofer_getxattr_rep rep;
	ssize_t n = count_xattrs(gi);

	gofer_call_init(&call);
	if (n <= 0)
		return n < 0 ? n : -ENODATA;
	n = gi_handle(gi, &req.node);
	if (!n)
		n = gofer_getxattr(s->c, &call, &req, &rep);
	gi_handle_put(gi, req.node);
	if (n)
		return n;
	if (!size)
		return rep.size;
	if (rep.value.len > size)
		return -EIO;
	memcpy(buf, rep.value.p, rep.value.len);
	return rep.value.len;
}

static int remove_xattr(struct gofer_inode *gi, const char *name)
{
	struct gofer_super *s = inode_gofer_super(&gi->inode);
	struct gofer_removexattr_req req = {.node = gi->handle, .name = name};
	cleanup_gofer_call struct gofer_call call;

	gofer_call_init(&call);
	return gofer_removexattr(s->c, &call, &req);
}

int gi_setxattr(struct inode *inode, const char *name, const void *value, size_t size, int flags)
{
	struct gofer_inode *gi = to_gofer_inode(inode);
	struct gofer_super *s = inode_gofer_super(inode);
	struct gofer_setxattr_req req = {
		.node = gi->handle,
		.name = name,
		.value = {.p = value, .len = (u32)size},
		.flags = (flags & XATTR_CREATE ? GOFER_XATTR_CREATE : 0) |
			 (flags & XATTR_REPLACE ? GOFER_XATTR_REPLACE : 0),
	};
	cleanup_gofer_call struct gofer_call call;
	int err;

	gofer_call_init(&call);
	if (size > GOFER_XATTR_MAX)
		return -E2BIG;
	__atomic_store_n(&gi->no_xattrs, false, __ATOMIC_RELAXED);
	err = value ? gofer_setxattr(s->c, &call, &req) : remove_xattr(gi, name);
	if (!err)
		gi_mark_stale(gi);
	return err;
}

ssize_t gi_listxattr(struct inode *inode, char *buf, size_t size)
{
	struct gofer_inode *gi = to_gofer_inode(inode);
	struct gofer_super *s = inode_gofer_super(inode);
	struct gofer_listxattr_req req = {
		.size = (u32)min(size, (size_t)GOFER_XATTR_MAX),
	};
	cleanup_gofer_call struct gofer_call call;
	struct gofer_listxattr_rep rep;
	ssize_t n = count_xattrs(gi);

	gofer_call_init(&call);
	if (n <= 0 || !size)
		return n;
	n = gi_handle(gi, &req.node);
	if (!n)
		n = gofer_listxattr(s->c, &call, &req, &rep);
	gi_handle_put(gi, req.node);
	if (n)
		return n;
	if (rep.names.len > size)
		return -EIO;
	memcpy(buf, rep.names.p, rep.names.len);
	return rep.names.len;
}

/* By its names: the text of the one symlink that is looked at, "" if it is too long for that. */
static int ask_link_by_name(struct gofer_inode *gi, struct gofer_call *call, const char **ret)
{
	struct gofer_look_rep rep;
	struct gofer_where w;
	int err = gi_where(gi, NULL, &w);

	if (!err) {
		const struct gofer_look_req req = {
			.dir = w.dir, .names = w.names, .from = w.names.n - 1};

		err = gofer_look_checked(inode_gofer_super(&gi->inode)->c, call, &req, &rep);
	}
	gi_where_fini(gi, &w);
	if (!err)
		err = gi_is_file(gi, &rep.attrs.v[0]);
	if (!err)
		*ret = rep.texts.len ? rep.texts.p : "";
	return err;
}

static int ask_link_by_handle(struct gofer_inode *gi, struct gofer_call *call, const char **ret)
{
	struct gofer_readlink_req req;
	struct gofer_readlink_rep rep;
	int err = gi_handle(gi, &req.node);

	if (!err)
		err = gofer_readlink(inode_gofer_super(&gi->inode)->c, call, &req, &rep);
	gi_handle_put(gi, req.node);
	if (!err)
		*ret = rep.target;
	return err;
}

ssize_t gi_readlink(struct inode *inode, struct task *t, char *buf, size_t size)
{
	struct gofer_inode *gi = to_gofer_inode(inode);
	cleanup_gofer_call struct gofer_call call;
	const char *text = "";
	int err = 0;

	(void)t;
	gofer_call_init(&call);
	if (!gi->handle)
		err = ask_link_by_name(gi, &call, &text);
	if (!err && !*text)
		err = ask_link_by_handle(gi, &call, &text);
	if (err)
		return err;
	size = min(strlen(text), size);
	memcpy(buf, text, size);
	return (ssize_t)size;
}
