/*
 * Requests that find files: hello, attach, walk, clunk, getattr, readlink,
 * statfs
 *
 * A walk takes one component at a time below the directory before it and
 * follows nothing: symlinks are the sentry's to read and to walk.
 */
#include <fcntl.h>

#include "gofer/internal.h"

int gofer_do_hello(struct gofer_server *s, const struct gofer_hello_req *req,
		   struct gofer_hello_rep *rep)
{
	if (req->version != GOFER_VERSION)
		return -EPROTONOSUPPORT;
	rep->version = GOFER_VERSION;
	rep->nr_mounts = s->table.nr;
	rep->max_handles = s->max_handles;
	return 0;
}

int gofer_do_attach(struct gofer_server *s, const struct gofer_attach_req *req,
		    struct gofer_attach_rep *rep)
{
	const struct gofer_mount *m;
	int fd, err;

	if (req->mount >= s->table.nr)
		return -ENOENT;
	m = &s->table.mounts[req->mount];
	fd = gsys_reopen(m->fd, O_PATH);
	if (fd < 0)
		return fd;
	err = node_add(s, req->mount, fd, false, &rep->root, &rep->attr);
	if (err)
		return err;
	rep->flags = (m->rdonly ? GOFER_MOUNT_RDONLY : 0) | (m->shared ? GOFER_MOUNT_SHARED : 0);
	return 0;
}

/* Can the walk go on from what was just reached? */
static bool walk_stops(const struct gofer_node *n)
{
	return !S_ISDIR(n->attr.mode) || n->attr.flags & GOFER_ATTR_VOID;
}

int gofer_do_walk(struct gofer_server *s, const struct gofer_walk_req *req,
		  struct gofer_walk_rep *rep)
{
	struct gofer_nodes *out = &rep->nodes;
	struct node *dir;
	u32 i, mount;
	int fd, err;
	bool same;

	err = node_dir(s, req->dir, false, &dir);
	if (err)
		return err;
	mount = dir->mount;
	for (i = 0; i < req->names.n; i++) {
		struct gofer_node *n = &out->v[i];

		fd = node_step(dir, req->names.v[i], &same);
		err = fd < 0 ? fd : node_add(s, mount, fd, same, &n->handle, &n->attr);
		if (err)
			break;
		out->n++;
		if (walk_stops(n))
			break;
		dir = node_get(s, n->handle);
	}
	if (!out->n)
		return err;
	rep->stop = (u32)-err;
	return 0;
}

int gofer_do_clunk(struct gofer_server *s, const struct gofer_clunk_req *req)
{
	u32 i;

	for (i = 0; i < req->handles.n; i++)
		node_drop(s, req->handles.v[i]);
	return 0;
}

int gofer_do_getattr(struct gofer_server *s, const struct gofer_getattr_req *req,
		     struct gofer_getattr_rep *rep)
{
	const struct node *n = node_get(s, req->node);

	return n ? node_attr(s, n, &rep->attr) : -EBADF;
}

ssize_t node_readlink(struct gofer_server *s, const struct node *n)
{
	char *buf = (char *)s->scratch;
	ssize_t len = gsys_readlink(n->fd, buf, GOFER_PATH_MAX + 1);

	if (len > (ssize_t)GOFER_PATH_MAX)
		return -ENAMETOOLONG;
	if (len >= 0)
		buf[len] = 0;
	return len;
}

int gofer_do_readlink(struct gofer_server *s, const struct gofer_readlink_req *req,
		      struct gofer_readlink_rep *rep)
{
	const struct node *n = node_get(s, req->node);
	ssize_t len;

	if (!n)
		return -EBADF;
	if (n->type != S_IFLNK)
		return -EINVAL;
	len = node_readlink(s, n);
	if (len < 0)
		return (int)len;
	rep->target = (char *)s->scratch;
	return 0;
}

int gofer_do_statfs(struct gofer_server *s, const struct gofer_statfs_req *req,
		    struct gofer_statfs_rep *rep)
{
	const struct node *n = node_get(s, req->node);
	struct statfs st;
	int err;

	if (!n)
		return -EBADF;
	err = gsys_fstatfs(n->fd, &st);
	if (err)
		return err;
	rep->st = (struct gofer_statfs){
		.type = (u64)st.f_type,
		.bsize = (u64)st.f_bsize,
		.frsize = (u64)st.f_frsize,
		.blocks = st.f_blocks,
		.bfree = st.f_bfree,
		.bavail = st.f_bavail,
		.files = st.f_files,
		.ffree = st.f_ffree,
		.namelen = (u64)st.f_namelen,
	};
	return 0;
}
