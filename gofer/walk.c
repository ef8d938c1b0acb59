/*
 * Requests that find files: hello, attach, walk, clunk, getattr, readlink,
 * readdir, statfs
 *
 * A walk takes one component at a time below the directory before it and
 * follows nothing: symlinks are the sentry's to read and to walk.
 */
#include <dirent.h>
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
	err = node_add(s, req->mount, fd, &rep->root, &rep->attr);
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

	err = node_dir(s, req->dir, false, &dir);
	if (err)
		return err;
	mount = dir->mount;
	for (i = 0; i < req->names.n; i++) {
		struct gofer_node *n = &out->v[i];

		fd = gsys_step(dir->fd, req->names.v[i]);
		err = fd < 0 ? fd : node_add(s, mount, fd, &n->handle, &n->attr);
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

int gofer_do_readlink(struct gofer_server *s, const struct gofer_readlink_req *req,
		      struct gofer_readlink_rep *rep)
{
	const struct node *n = node_get(s, req->node);
	char *buf = (char *)s->scratch;
	ssize_t len;

	if (!n)
		return -EBADF;
	if (n->type != S_IFLNK)
		return -EINVAL;
	len = gsys_readlink(n->fd, buf, GOFER_PATH_MAX + 1);
	if (len < 0)
		return (int)len;
	if (len > (ssize_t)GOFER_PATH_MAX)
		return -ENAMETOOLONG;
	buf[len] = 0;
	rep->target = buf;
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

void stream_close(struct gofer_server *s, u32 handle)
{
	u32 i;

	for (i = 0; i < STREAMS_MAX; i++) {
		struct stream *st = &s->streams[i];

		if (st->handle != handle)
			continue;
		gsys_close(st->fd);
		*st = (struct stream){.fd = -1};
	}
}

/* The stream of @handle if it is open; or else one to use for it. */
static struct stream *stream_find(struct gofer_server *s, u32 handle)
{
	struct stream *oldest = &s->streams[0];
	u32 i;

	for (i = 0; i < STREAMS_MAX; i++) {
		struct stream *st = &s->streams[i];

		if (st->handle == handle)
			return st;
		if (st->used < oldest->used)
			oldest = st;
	}
	if (oldest->handle)
		stream_close(s, oldest->handle);
	return oldest;
}

int stream_get(struct gofer_server *s, const struct node *dir, u32 handle, u64 cookie,
	       struct stream **ret)
{
	struct stream *st = stream_find(s, handle);

	if (!st->handle) {
		int fd = gsys_open_dir(dir->fd);

		if (fd < 0)
			return fd;
		*st = (struct stream){.handle = handle, .fd = fd};
	}
	st->used = ++s->clock;
	if (st->pos != cookie) {
		s64 pos = gsys_lseek(st->fd, (s64)cookie);

		if (pos < 0)
			return (int)pos;
		st->pos = cookie;
	}
	*ret = st;
	return 0;
}

/* glibc's struct dirent64 is the kernel's linux_dirent64. */
struct filler {
	struct gofer_server *s;
	const struct node *dir;
	struct stream *st;
	bool want_attr;
	size_t room;
	size_t used;
};

static bool fill_one(struct filler *f, const struct dirent64 *d)
{
	struct gofer_attr attr, *with = NULL;
	struct statx stx;
	u8 type = d->d_type > DT_SOCK ? DT_UNKNOWN : d->d_type;

	/* "." and ".." are the sentry's; a name no request could carry is not shown. */
	if (!gofer_name_ok(d->d_name, strlen(d->d_name)))
		return true;
	if (f->want_attr && !gsys_statx_at(f->st->fd, d->d_name, &stx)) {
		attr_from_statx(&f->s->table.mounts[f->dir->mount], &stx, &attr);
		/* Behind a mount point may stand what a walk would hide. */
		if (attr.dev == f->dir->dev)
			with = &attr;
	}
	return gofer_dirent_add(f->s->scratch, f->room, &f->used, d->d_name, d->d_ino,
				(u64)d->d_off & INT64_MAX, type, with);
}

/* Take entries from the host until the room is full; 1: more may follow, 0: the end, -errno. */
static int fill(struct filler *f)
{
	for (;;) {
		ssize_t off = 0, n = gsys_getdents(f->st->fd, f->s->dents, sizeof(f->s->dents));

		if (n <= 0)
			return (int)n;
		while (off < n) {
			const struct dirent64 *d = (const void *)(f->s->dents + off);

			if (!fill_one(f, d)) {
				/* The host's position is further on than what was handed out. */
				f->st->pos = UINT64_MAX;
				return 1;
			}
			f->st->pos = (u64)d->d_off & INT64_MAX;
			off += d->d_reclen;
		}
	}
}

int gofer_do_readdir(struct gofer_server *s, const struct gofer_readdir_req *req,
		     struct gofer_readdir_rep *rep)
{
	struct filler f = {
		.s = s,
		.want_attr = req->flags & GOFER_READDIR_ATTR,
		.room = min((size_t)req->size, sizeof(s->scratch)),
	};
	struct node *n = node_get(s, req->dir);
	int err;

	if (!n)
		return -EBADF;
	if (n->type != S_IFDIR)
		return -ENOTDIR;
	if (req->cookie > INT64_MAX)
		return -EINVAL;
	rep->entries = (struct gofer_bytes){.p = s->scratch};
	if (n->empty) {
		rep->eof = GOFER_EOF;
		return 0;
	}
	f.dir = n;
	err = stream_get(s, n, req->dir, req->cookie, &f.st);
	if (!err)
		err = fill(&f);
	if (err < 0)
		return err;
	if (err > 0 && !f.used)
		return -EINVAL;
	rep->entries.len = (u32)f.used;
	rep->eof = err ? 0 : GOFER_EOF;
	if (rep->eof)
		stream_close(s, req->dir);
	return 0;
}
