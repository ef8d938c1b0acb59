/*
 * Requests that lead to a file by several names and leave no handle behind:
 * look, xattrsat (and listat, readdir.c)
 *
 * A look tells the attributes of the names from one on, the texts of the symlinks
 * among them, and opens the file at the end if that is wanted: one request for the
 * walk of a path and its opening.  Symlinks are the sentry's to walk, and the host
 * is never asked to; but what stands where they lead is looked at too (proto_way.h),
 * each name as if it had been asked for, since the sentry will do that next.  A small
 * directory that has not the name tells what it has, since who looks for one that is
 * not there goes on to look for others.
 *
 * One openat2(2) walks all the names where none of them is a mount point; the
 * kernel then refuses links of any kind, as it does in a walk of single steps.
 * Behind a mount point may stand a file system that is not shown: there, and on
 * hosts without openat2, it goes step by step.
 */
#include <fcntl.h>

#include "gofer/internal.h"
#include "gofer/proto_way.h"

/* The names with a slash between them, into s->path. */
static const char *join(struct gofer_server *s, const struct gofer_names *names)
{
	char *p = s->path;
	u32 i;

	for (i = 0; i < names->n; i++) {
		size_t len = strlen(names->v[i]);

		memcpy(p, names->v[i], len);
		p += len;
		*p++ = '/';
	}
	p[-1] = 0;
	return s->path;
}

/* One step from @n, whose descriptor it replaces; on failure that is closed. */
static int step(struct gofer_server *s, const char *name, struct node *n, struct gofer_attr *attr)
{
	cleanup_gfd int from = n->fd;
	cleanup_gfd int fd = -1;
	struct node dir = *n;
	bool same;
	int err;

	n->fd = -1;
	if (n->type != S_IFDIR)
		return -ENOTDIR;
	if (n->empty)
		return -ENOENT;
	fd = node_step(&dir, name, &same);
	err = fd < 0 ? fd : node_visit(s, n->mount, fd, same, n, attr);
	if (!err)
		(void)steal_gfd(&fd);
	return err;
}

static int visit_stepwise(struct gofer_server *s, const struct node *dir,
			  const struct gofer_names *names, struct node *ret,
			  struct gofer_attr *ret_attr)
{
	struct node n = *dir;
	int err = 0;
	u32 i;

	n.fd = gsys_reopen(dir->fd, O_PATH);
	if (n.fd < 0)
		return n.fd;
	for (i = 0; i < names->n && !err; i++)
		err = step(s, names->v[i], &n, ret_attr);
	if (!err)
		*ret = n;
	return err;
}

/* All at once if it can be, and then @flags tell how it is opened; *@ret_step: it could not. */
static int visit(struct gofer_server *s, u32 handle, const struct gofer_names *names, int flags,
		 struct node *ret, struct gofer_attr *ret_attr, bool *ret_step)
{
	struct node *dir;
	int fd, err = node_dir(s, handle, false, &dir);

	if (err)
		return err;
	fd = gsys_walk(dir->fd, join(s, names), flags);
	/* EPERM: an outer filter's answer, perhaps. */
	*ret_step = fd == -EXDEV || fd == -ENOSYS || fd == -EPERM;
	if (*ret_step)
		return visit_stepwise(s, dir, names, ret, ret_attr);
	if (fd < 0)
		return fd == -ELOOP ? -ENOTDIR : fd;
	err = node_visit(s, dir->mount, fd, true, ret, ret_attr);
	if (err)
		gsys_close(fd);
	return err;
}

int path_visit(struct gofer_server *s, u32 handle, const struct gofer_names *names,
	       struct node *ret, struct gofer_attr *ret_attr)
{
	bool step;

	return visit(s, handle, names, O_PATH, ret, ret_attr, &step);
}

/* O_DIRECTORY: nothing else is opened, whatever stands there. */
int path_visit_dir(struct gofer_server *s, u32 handle, const struct gofer_names *names,
		   struct node *ret, struct gofer_attr *ret_attr, bool *ret_open)
{
	bool step = false;
	int err = visit(s, handle, names, O_RDONLY | O_DIRECTORY, ret, ret_attr, &step);

	*ret_open = !step;
	return err;
}

/* Where a look is. */
struct look_at {
	struct gofer_way way;
	struct gofer_names done; /* from the handle to the directory at hand */
	struct node dir;         /* that one; its fd is -1 while it was not needed */
	bool owned;              /* the fd is ours to close */
	struct node last;        /* what was reached at the end; its fd is -1 if that is none */
	size_t texts;            /* bytes of them */
};

static void look_leave(struct look_at *at)
{
	if (at->owned)
		gsys_close(at->dir.fd);
	at->dir.fd = -1;
	at->owned = false;
}

/* Let the directory at hand be open. */
static int look_arrive(struct gofer_server *s, u32 handle, struct look_at *at)
{
	struct gofer_attr attr;
	struct node *top;
	int err;

	if (at->dir.fd >= 0)
		return 0;
	if (at->done.n) {
		err = path_visit(s, handle, &at->done, &at->dir, &attr);
		at->owned = !err;
	} else {
		err = node_dir(s, handle, false, &top);
		if (!err)
			at->dir = *top;
	}
	if (err)
		at->dir.fd = -1;
	return err;
}

/* To @name in the directory at hand: one step if that is open, or else by all names at once. */
static int look_step(struct gofer_server *s, u32 handle, struct look_at *at, const char *name,
		     struct node *ret, struct gofer_attr *ret_attr)
{
	struct gofer_names names = at->done;
	bool same;
	int fd, err;

	if (at->done.n == GOFER_WALK_MAX)
		return -ENAMETOOLONG;
	if (!at->done.n) {
		err = look_arrive(s, handle, at);
		if (err)
			return err;
	}
	if (at->dir.fd < 0) {
		names.v[names.n++] = name;
		return path_visit(s, handle, &names, ret, ret_attr);
	}
	if (at->dir.empty)
		return -ENOENT;
	fd = node_step(&at->dir, name, &same);
	err = fd < 0 ? fd : node_visit(s, at->dir.mount, fd, same, ret, ret_attr);
	if (err)
		gsys_close(fd);
	return err;
}

/* Go where the symlink @n leads, if that is wanted; 1: the look ends here, -errno: and why. */
static int look_link(struct gofer_server *s, const struct gofer_look_req *req, struct look_at *at,
		     const struct node *n)
{
	const char *text = (const char *)s->scratch;
	const bool end = gofer_way_is_end(&at->way);
	const ssize_t len = node_readlink(s, n);

	if (len < 0 || (size_t)len >= sizeof(s->texts) - at->texts)
		return end ? 1 : -ENOTDIR;
	memcpy(s->texts + at->texts, text, (size_t)len + 1);
	at->texts += (size_t)len + 1;
	if (!(req->flags & GOFER_LOOK_LINKS))
		return end ? 1 : -ENOTDIR;
	if (end && !(req->flags & GOFER_LOOK_FOLLOW))
		return 1;
	return gofer_way_link(&at->way, text) ? 0 : -ELOOP;
}

/* @n was reached by @name; consumes its fd.  As look_link. */
static int look_enter(struct gofer_server *s, const struct gofer_look_req *req, struct look_at *at,
		      const char *name, struct node *n)
{
	int err;

	if (n->type == S_IFLNK) {
		err = look_link(s, req, at, n);
		gsys_close(n->fd);
		return err;
	}
	if (gofer_way_is_end(&at->way)) {
		at->last = *n;
		return 1;
	}
	if (n->type != S_IFDIR) {
		gsys_close(n->fd);
		return -ENOTDIR;
	}
	look_leave(at);
	at->dir = *n;
	at->owned = true;
	at->done.v[at->done.n++] = name;
	gofer_way_enter(&at->way);
	return 0;
}

/* The next name and the moves before it; NULL: none. */
static const char *look_next(struct look_at *at)
{
	const char *name = gofer_way_next(&at->way);

	if (at->way.top || at->way.up)
		look_leave(at);
	if (at->way.top)
		at->done.n = 0;
	else
		at->done.n -= at->way.up;
	return name;
}

/* Over all names; 0, or why one could not be reached. */
static int look_on(struct gofer_server *s, const struct gofer_look_req *req, struct look_at *at,
		   struct gofer_attrs *ret)
{
	int err = 0;

	while (!err && ret->n < GOFER_WALK_MAX) {
		const char *name = look_next(at);
		struct node n;

		if (!name)
			return ret->n ? 0 : -EINVAL;
		err = look_step(s, req->dir, at, name, &n, &ret->v[ret->n]);
		if (err)
			return err;
		ret->n++;
		err = look_enter(s, req, at, name, &n);
	}
	return min(err, 0);
}

/* What can be run is asked for its extended attributes next. */
static int open_end(struct gofer_server *s, const struct node *n, struct gofer_attr *attr)
{
	int fd = file_open(s, n, GOFER_OPEN_READ);

	if (fd >= 0 && attr->mode & 0111 && !gsys_has_xattrs(fd))
		attr->flags |= GOFER_ATTR_PLAIN;
	return fd;
}

/* The names of the directory at hand, which has not the one that was asked for. */
static void look_names(struct gofer_server *s, const struct gofer_look_req *req, struct look_at *at,
		       struct gofer_look_rep *rep)
{
	struct gofer_readdir_rep list;

	if (look_arrive(s, req->dir, at) || at->dir.large ||
	    dir_list(s, &at->dir, 0, GOFER_LOOK_NAMES_MAX, GOFER_READDIR_FEW, &list) || !list.eof)
		return;
	rep->entries = list.entries;
	rep->eof = list.eof;
}

int gofer_do_look(struct gofer_server *s, const struct gofer_look_req *req,
		  struct gofer_look_rep *rep, struct gofer_fds *fds)
{
	struct look_at at = {.dir.fd = -1, .last.fd = -1, .done = req->names};
	int err;

	if (req->from >= req->names.n)
		return -EINVAL;
	gofer_way_init(&at.way, &req->names, req->from);
	at.done.n = req->from;
	rep->entries.p = s->scratch;
	err = look_on(s, req, &at, &rep->attrs);
	if (err == -ENOENT && req->flags & GOFER_LOOK_NAMES)
		look_names(s, req, &at, rep);
	if (!err && at.last.type == S_IFREG && at.last.fd >= 0 && req->flags & GOFER_LOOK_OPEN)
		err = fds->out = open_end(s, &at.last, &rep->attrs.v[rep->attrs.n - 1]);
	look_leave(&at);
	gsys_close(at.last.fd);
	fds->out = max(fds->out, -1);
	rep->texts = (struct gofer_bytes){.p = s->texts, .len = (u32)at.texts};
	rep->stop = (u32)-min(err, 0);
	return rep->attrs.n || rep->eof ? 0 : err;
}

int gofer_do_xattrsat(struct gofer_server *s, const struct gofer_xattrsat_req *req,
		      struct gofer_xattrsat_rep *rep)
{
	struct gofer_attr attr;
	struct node n;
	ssize_t len;
	int err = path_visit(s, req->dir, &req->names, &n, &attr);

	if (err)
		return err;
	len = gsys_listxattr(n.fd, NULL, 0);
	gsys_close(n.fd);
	rep->size = (u32)max(len, (ssize_t)0);
	return (int)min(len, (ssize_t)0);
}
