/*
 * Requests that lead to a file by several names and leave no handle behind:
 * lookat, openat (and listat, readdir.c)
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

int path_visit(struct gofer_server *s, u32 handle, const struct gofer_names *names,
	       struct node *ret, struct gofer_attr *ret_attr)
{
	struct node *dir;
	int fd, err = node_dir(s, handle, false, &dir);

	if (err)
		return err;
	fd = gsys_walk(dir->fd, join(s, names), O_PATH);
	/* EPERM: an outer filter's answer, perhaps. */
	if (fd == -EXDEV || fd == -ENOSYS || fd == -EPERM)
		return visit_stepwise(s, dir, names, ret, ret_attr);
	if (fd < 0)
		return fd == -ELOOP ? -ENOTDIR : fd;
	err = node_visit(s, dir->mount, fd, true, ret, ret_attr);
	if (err)
		gsys_close(fd);
	return err;
}

int gofer_do_lookat(struct gofer_server *s, const struct gofer_lookat_req *req,
		    struct gofer_lookat_rep *rep)
{
	struct node n;
	int err = path_visit(s, req->dir, &req->names, &n, &rep->attr);

	if (!err)
		gsys_close(n.fd);
	return err;
}

int gofer_do_openat(struct gofer_server *s, const struct gofer_openat_req *req,
		    struct gofer_openat_rep *rep, struct gofer_fds *fds)
{
	struct node n;
	int fd, err = path_visit(s, req->dir, &req->names, &n, &rep->attr);

	if (err)
		return err;
	fd = file_open(s, &n, req->flags);
	gsys_close(n.fd);
	if (fd < 0)
		return fd;
	fds->out = fd;
	return 0;
}
