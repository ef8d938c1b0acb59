/*
 * Requests that lead to a file by several names and leave no handle behind:
 * look, xattrsat (and listat, readdir.c)
 *
 * A look tells the attributes of the names from one on, the text of the symlink
 * where it ends, and opens the file there if that is wanted: one request for the
 * walk of a path and its opening.  It stops at what is no directory: symlinks are
 * the sentry's to walk.  But what stands beside one under the name that is its
 * text (libz.so.1) comes along when it is to be opened.  A small directory that has not the name
 * tells what it has, since who looks for one that is not there goes on to look for others.
 *
 * One openat2(2) walks all the names where none of them is a mount point; the
 * kernel then refuses links of any kind, as it does in a walk of single steps.
 * Behind a mount point may stand a file system that is not shown: there, and on
 * hosts without openat2, it goes step by step.
 */
#include <fcntl.h>

#include "gofer/internal.h"

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

/* The directory itself as the end of a walk: the caller has a descriptor of his own. */
static int visit_dir(struct gofer_server *s, u32 handle, struct node *ret)
{
	struct node *dir;
	int err = node_dir(s, handle, false, &dir);

	if (err)
		return err;
	*ret = *dir;
	ret->fd = gsys_reopen(dir->fd, O_PATH);
	return min(ret->fd, 0);
}

/*
 * From the directory @n over the names from @i on, one by one: the attributes of each, and in
 * @n the last that was reached; its descriptor is closed if the host failed to go on.
 * Return: 0 or why it was the last.
 */
static int look_on(struct gofer_server *s, const struct gofer_look_req *req, u32 i, struct node *n,
		   struct gofer_attrs *ret)
{
	for (; i < req->names.n; i++) {
		struct node next;
		bool same;
		int fd, err;

		/* A symlink's text is told, so it must still be there. */
		if (n->type != S_IFDIR)
			return -ENOTDIR;
		if (n->empty)
			return -ENOENT;
		fd = node_step(n, req->names.v[i], &same);
		err = fd < 0 ? fd : node_visit(s, n->mount, fd, same, &next, &ret->v[ret->n]);
		if (err) {
			gsys_close(fd);
			return err;
		}
		gsys_close(n->fd);
		*n = next;
		ret->n++;
	}
	return 0;
}

/*
 * To the first name that is asked about: at once; where that is not there, to the directory that
 * has it not, if its names are wanted.
 */
static int look_first(struct gofer_server *s, const struct gofer_look_req *req, struct node *n,
		      struct gofer_attrs *ret)
{
	struct gofer_names names = req->names;
	struct gofer_attr attr;
	int err;

	names.n = req->from + 1;
	err = path_visit(s, req->dir, &names, n, &ret->v[0]);
	if (!err)
		ret->n = 1;
	if (err != -ENOENT || !(req->flags & GOFER_LOOK_NAMES))
		return err;
	names.n--;
	if (names.n ? path_visit(s, req->dir, &names, n, &attr) : visit_dir(s, req->dir, n))
		n->fd = -1;
	return err;
}

/* What can be run is asked for its extended attributes next. */
static int open_end(struct gofer_server *s, const struct node *n, struct gofer_attr *attr)
{
	int fd = file_open(s, n, GOFER_OPEN_READ);

	if (fd >= 0 && attr->mode & 0111 && !gsys_has_xattrs(fd))
		attr->flags |= GOFER_ATTR_PLAIN;
	return fd;
}

/*
 * The symlink @n is to be opened, and its text, in s->scratch, is a name: what stands beside it
 * under that name is probably what will be asked for next.
 */
static void look_beside(struct gofer_server *s, const struct gofer_look_req *req,
			struct gofer_attrs *ret, int *ret_fd)
{
	const char *target = (char *)s->scratch;
	struct gofer_names names = req->names;
	struct node n;

	if (ret->n == GOFER_WALK_MAX || !gofer_name_ok(target, strlen(target)))
		return;
	names.v[names.n - 1] = target;
	if (path_visit(s, req->dir, &names, &n, &ret->v[ret->n]))
		return;
	*ret_fd = n.type == S_IFREG ? open_end(s, &n, &ret->v[ret->n]) : -1;
	ret->n++;
	gsys_close(n.fd);
}

/* What the sentry will want to know next of the last one that was reached. */
static int look_inside(struct gofer_server *s, const struct gofer_look_req *req,
		       const struct node *n, int stop, struct gofer_look_rep *rep, int *ret_fd)
{
	const bool open = !stop && req->flags & GOFER_LOOK_OPEN;
	struct gofer_readdir_rep list;

	if (n->type == S_IFLNK && node_readlink(s, n) >= 0) {
		rep->target = (char *)s->scratch;
		if (open)
			look_beside(s, req, &rep->attrs, ret_fd);
	}
	if (n->type == S_IFREG && open) {
		*ret_fd = open_end(s, n, &rep->attrs.v[rep->attrs.n - 1]);
		return min(*ret_fd, 0);
	}
	if (n->type == S_IFDIR && !n->large && stop == -ENOENT && req->flags & GOFER_LOOK_NAMES &&
	    !dir_list(s, n, 0, GOFER_LOOK_NAMES_MAX, GOFER_READDIR_FEW, &list) && list.eof) {
		rep->entries = list.entries;
		rep->eof = list.eof;
	}
	return stop;
}

int gofer_do_look(struct gofer_server *s, const struct gofer_look_req *req,
		  struct gofer_look_rep *rep, struct gofer_fds *fds)
{
	struct node n = {.fd = -1};
	int err;

	if (req->from >= req->names.n)
		return -EINVAL;
	err = look_first(s, req, &n, &rep->attrs);
	if (n.fd < 0)
		return err;
	rep->target = "";
	rep->entries.p = s->scratch;
	if (!err)
		err = look_on(s, req, req->from + 1, &n, &rep->attrs);
	err = look_inside(s, req, &n, err, rep, &fds->out);
	gsys_close(n.fd);
	fds->out = max(fds->out, -1);
	rep->stop = (u32)-err;
	return 0;
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
