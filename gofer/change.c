/*
 * Requests that change directories and attributes: create, tmpfile, mkdir,
 * symlink, mknod, link, unlink, rename, setattr
 *
 * A read-only mount refuses every one of them here, whatever the sentry thinks.
 * What is made belongs to whom the request says; where the gofer's own rights
 * do not reach that far, the thing is taken away again and the request fails.
 */
#include <fcntl.h>
#include <unistd.h>

#include "gofer/internal.h"
#include "lib/log.h"

/* The ids a new file is to have, as the host counts them. */
struct owner {
	u32 uid, gid;
};

/* The writable directory @handle, and whose what is made in it shall be. */
static int make_in(struct gofer_server *s, u32 handle, u32 uid, u32 gid, struct node **ret_dir,
		   struct owner *ret_owner)
{
	const struct gofer_mount *m;
	int err = node_dir(s, handle, true, ret_dir);

	if (err)
		return err;
	m = &s->table.mounts[(*ret_dir)->mount];
	err = map_uid(m, uid, &ret_owner->uid);
	return err ? err : map_gid(m, gid, &ret_owner->gid);
}

/*
 * Give the new file behind @fd its owner and mode.  A change of owner clears
 * the setuid and setgid bits, so the mode comes last; symlinks have none.
 */
static int dress(int fd, const struct owner *o, u32 mode)
{
	struct statx stx;
	int err = gsys_statx(fd, &stx);

	if (err)
		return err;
	if (stx.stx_uid != o->uid || stx.stx_gid != o->gid)
		err = gsys_chown(fd, o->uid, o->gid);
	if (err || S_ISLNK(stx.stx_mode))
		return err;
	err = gsys_statx(fd, &stx);
	if (!err && (stx.stx_mode & 07777u) != (mode & 07777))
		err = gsys_chmod(fd, mode & 07777);
	return err;
}

/* Remove what was made, since the request fails with @err: that is what the sentry is told. */
static int take_back(int dir, const char *name, bool is_dir, int err)
{
	int undo = gsys_unlink(dir, name, is_dir);

	if (undo)
		log_debug("a half made file stays behind: %s", strerror(-undo));
	return err;
}

/* What was made as @name in @dir, as a node of the wanted type and owner; or it goes again. */
static int adopt(struct gofer_server *s, const struct node *dir, const char *name, u32 mode,
		 const struct owner *o, u32 *ret_handle, struct gofer_attr *ret_attr)
{
	u32 mount = dir->mount;
	int dirfd = dir->fd, err;
	bool same;
	cleanup_gfd int fd = node_step(dir, name, &same);
	struct statx stx;

	err = fd < 0 ? fd : gsys_statx(fd, &stx);
	/* Somebody on the host was quicker: what stands there now is not ours to dress. */
	if (!err && ((stx.stx_mode & S_IFMT) != (mode & S_IFMT) ||
		     (stx.stx_uid != o->uid && stx.stx_uid != geteuid())))
		return -EEXIST;
	if (!err)
		err = dress(fd, o, mode);
	if (!err)
		err = node_add(s, mount, steal_gfd(&fd), same, ret_handle, ret_attr);
	return err ? take_back(dirfd, name, S_ISDIR(mode), err) : 0;
}

static int open_flags(u32 flags)
{
	if (!(flags & GOFER_OPEN_WRITE))
		return O_RDONLY;
	return flags & GOFER_OPEN_READ ? O_RDWR : O_WRONLY;
}

/* The O_PATH side of a file that was made open. */
static int adopt_open(struct gofer_server *s, u32 mount, int fd, u32 mode, const struct owner *o,
		      u32 *ret_handle, struct gofer_attr *ret_attr)
{
	int path_fd, err = dress(fd, o, mode);

	if (err)
		return err;
	path_fd = gsys_reopen(fd, O_PATH);
	if (path_fd < 0)
		return path_fd;
	return node_add(s, mount, path_fd, true, ret_handle, ret_attr);
}

int gofer_do_create(struct gofer_server *s, const struct gofer_create_req *req,
		    struct gofer_create_rep *rep, struct gofer_fds *fds)
{
	cleanup_gfd int fd = -1;
	struct node *dir;
	struct owner o;
	int dirfd, err = make_in(s, req->dir, req->uid, req->gid, &dir, &o);

	if (err)
		return err;
	dirfd = dir->fd;
	fd = gsys_create(dirfd, req->name, open_flags(req->flags), req->mode & 07777);
	if (fd < 0)
		return fd;
	err = adopt_open(s, dir->mount, fd, req->mode, &o, &rep->node, &rep->attr);
	if (err)
		return take_back(dirfd, req->name, false, err);
	fds->out = steal_gfd(&fd);
	return 0;
}

int gofer_do_tmpfile(struct gofer_server *s, const struct gofer_tmpfile_req *req,
		     struct gofer_tmpfile_rep *rep, struct gofer_fds *fds)
{
	cleanup_gfd int fd = -1;
	struct node *dir;
	struct owner o;
	int err = make_in(s, req->dir, req->uid, req->gid, &dir, &o);

	if (err)
		return err;
	if (!(req->flags & GOFER_OPEN_WRITE))
		return -EINVAL;
	fd = gsys_tmpfile(dir->fd, open_flags(req->flags), req->mode & 07777);
	if (fd < 0)
		return fd;
	err = adopt_open(s, dir->mount, fd, req->mode, &o, &rep->node, &rep->attr);
	if (err)
		return err;
	fds->out = steal_gfd(&fd);
	return 0;
}

int gofer_do_mkdir(struct gofer_server *s, const struct gofer_mkdir_req *req,
		   struct gofer_mkdir_rep *rep)
{
	struct node *dir;
	struct owner o;
	int err = make_in(s, req->dir, req->uid, req->gid, &dir, &o);

	if (!err)
		err = gsys_mkdir(dir->fd, req->name, req->mode & 07777);
	if (err)
		return err;
	return adopt(s, dir, req->name, S_IFDIR | (req->mode & 07777), &o, &rep->node, &rep->attr);
}

int gofer_do_symlink(struct gofer_server *s, const struct gofer_symlink_req *req,
		     struct gofer_symlink_rep *rep)
{
	struct node *dir;
	struct owner o;
	int err = make_in(s, req->dir, req->uid, req->gid, &dir, &o);

	if (!err)
		err = gsys_symlink(req->target, dir->fd, req->name);
	if (err)
		return err;
	return adopt(s, dir, req->name, S_IFLNK, &o, &rep->node, &rep->attr);
}

/* Fifos and sockets are only names here: nothing is ever opened through them.  No devices. */
int gofer_do_mknod(struct gofer_server *s, const struct gofer_mknod_req *req,
		   struct gofer_mknod_rep *rep)
{
	struct node *dir;
	struct owner o;
	int err = make_in(s, req->dir, req->uid, req->gid, &dir, &o);

	if (err)
		return err;
	switch (req->mode & S_IFMT) {
	case S_IFREG:
	case S_IFIFO:
	case S_IFSOCK:
		break;
	default:
		return -EPERM;
	}
	err = gsys_mknod(dir->fd, req->name, req->mode & (S_IFMT | 07777));
	if (err)
		return err;
	return adopt(s, dir, req->name, req->mode, &o, &rep->node, &rep->attr);
}

int gofer_do_link(struct gofer_server *s, const struct gofer_link_req *req,
		  struct gofer_link_rep *rep)
{
	const struct node *n = node_get(s, req->node);
	struct node *dir;
	int err = node_dir(s, req->dir, true, &dir);

	if (err)
		return err;
	if (!n)
		return -EBADF;
	/* Two mounts may be two corners of one host file system: no way from one to the other. */
	if (n->mount != dir->mount)
		return -EXDEV;
	if (n->type == S_IFDIR)
		return -EPERM;
	err = gsys_link(n->fd, dir->fd, req->name);
	return err ? err : node_attr(s, n, &rep->attr);
}

int gofer_do_unlink(struct gofer_server *s, const struct gofer_unlink_req *req)
{
	struct node *dir;
	int err = node_dir(s, req->dir, true, &dir);

	return err ? err : gsys_unlink(dir->fd, req->name, req->flags & GOFER_UNLINK_DIR);
}

int gofer_do_rename(struct gofer_server *s, const struct gofer_rename_req *req)
{
	struct node *olddir, *newdir;
	unsigned flags = 0;
	int err = node_dir(s, req->olddir, true, &olddir);

	if (!err)
		err = node_dir(s, req->newdir, true, &newdir);
	if (err)
		return err;
	if (olddir->mount != newdir->mount)
		return -EXDEV;
	if (req->flags & GOFER_RENAME_NOREPLACE)
		flags |= RENAME_NOREPLACE;
	if (req->flags & GOFER_RENAME_EXCHANGE)
		flags |= RENAME_EXCHANGE;
	return gsys_rename(olddir->fd, req->oldname, newdir->fd, req->newname, flags);
}

static int set_owner(struct gofer_server *s, const struct node *n,
		     const struct gofer_setattr_req *req)
{
	const struct gofer_mount *m = &s->table.mounts[n->mount];
	u32 uid = UINT32_MAX, gid = UINT32_MAX;
	int err = 0;

	if (req->valid & GOFER_SET_UID)
		err = map_uid(m, req->uid, &uid);
	if (!err && req->valid & GOFER_SET_GID)
		err = map_gid(m, req->gid, &gid);
	return err ? err : gsys_chown(n->fd, uid, gid);
}

static struct timespec set_time(u32 valid, u32 given, u32 now, const struct gofer_time *t)
{
	struct timespec ts = {.tv_sec = t->sec, .tv_nsec = t->nsec};

	if (valid & now)
		ts.tv_nsec = UTIME_NOW;
	else if (!(valid & given))
		ts.tv_nsec = UTIME_OMIT;
	return ts;
}

/* Size, owner, mode, times: each undoes what the one before it did to it on the side. */
int gofer_do_setattr(struct gofer_server *s, const struct gofer_setattr_req *req,
		     struct gofer_setattr_rep *rep)
{
	const u32 times =
		GOFER_SET_ATIME | GOFER_SET_MTIME | GOFER_SET_ATIME_NOW | GOFER_SET_MTIME_NOW;
	const struct node *n = node_get(s, req->node);
	struct timespec ts[2];
	int err = 0;

	if (!n)
		return -EBADF;
	if (node_rdonly(s, n))
		return -EROFS;
	if (req->valid & GOFER_SET_SIZE) {
		if (n->type != S_IFREG || req->size > INT64_MAX)
			return -EINVAL;
		err = gsys_truncate(n->fd, req->size);
	}
	if (!err && req->valid & (GOFER_SET_UID | GOFER_SET_GID))
		err = set_owner(s, n, req);
	if (!err && req->valid & GOFER_SET_MODE)
		err = n->type == S_IFLNK ? -EOPNOTSUPP : gsys_chmod(n->fd, req->mode & 07777);
	if (!err && req->valid & times) {
		ts[0] = set_time(req->valid, GOFER_SET_ATIME, GOFER_SET_ATIME_NOW, &req->atime);
		ts[1] = set_time(req->valid, GOFER_SET_MTIME, GOFER_SET_MTIME_NOW, &req->mtime);
		err = gsys_utimens(n->fd, ts);
	}
	return err ? err : node_attr(s, n, &rep->attr);
}
