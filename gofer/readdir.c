/*
 * Requests that read directories: readdir, listat
 *
 * The open directory of a handle is kept for a while, so that the next request
 * goes on where this one ended; listat opens its directory each time.
 */
#include <dirent.h>
#include <fcntl.h>

#include "gofer/internal.h"

/* What the host says of a few entries takes no more. */
#define FEW_SIZE 640

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
	u32 mount;
	u64 dev; /* of the directory */
	struct stream *st;
	bool want_attr, few, xattrs;
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
		attr_from_statx(&f->s->table.mounts[f->mount], &stx, &attr);
		/* Behind a mount point may stand what a walk would hide. */
		if (attr.dev == f->dev)
			with = &attr;
		if (with && f->xattrs && !gsys_has_xattrs_at(f->st->fd, d->d_name))
			attr.flags |= GOFER_ATTR_PLAIN;
	}
	return gofer_dirent_add(f->s->scratch, f->room, &f->used, d->d_name, d->d_ino,
				(u64)d->d_off & INT64_MAX, type, with);
}

/* Take entries from the host until the room is full; 1: more may follow, 0: the end, -errno. */
static int fill(struct filler *f)
{
	for (;;) {
		/* Not many more than there is room for: they would be read once more. */
		size_t size = max(f->want_attr ? f->room / 4 : f->room, (size_t)1024);
		ssize_t off = 0,
			n = gsys_getdents(f->st->fd, f->s->dents, min(size, sizeof(f->s->dents)));

		if (n <= 0)
			return (int)n;
		f->want_attr |= f->few && n <= FEW_SIZE;
		f->few = false;
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

/* Fill the reply from where the stream stands. */
static int fill_reply(struct filler *f, struct gofer_readdir_rep *rep)
{
	int err = fill(f);

	if (err < 0)
		return err;
	if (err > 0 && !f->used)
		return -EINVAL;
	rep->entries.len = (u32)f->used;
	rep->eof = err ? 0 : GOFER_EOF;
	return 0;
}

static struct filler filler(struct gofer_server *s, const struct node *n, u32 size, u32 flags)
{
	return (struct filler){
		.s = s,
		.mount = n->mount,
		.dev = n->dev,
		.want_attr = flags & GOFER_READDIR_ATTR,
		.few = flags & GOFER_READDIR_FEW,
		.xattrs = flags & GOFER_READDIR_XATTR,
		.room = min((size_t)size, sizeof(s->scratch)),
	};
}

int gofer_do_readdir(struct gofer_server *s, const struct gofer_readdir_req *req,
		     struct gofer_readdir_rep *rep)
{
	struct node *n = node_get(s, req->dir);
	struct filler f;
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
	f = filler(s, n, req->size, req->flags);
	err = stream_get(s, n, req->dir, req->cookie, &f.st);
	if (!err)
		err = fill_reply(&f, rep);
	if (!err && rep->eof)
		stream_close(s, req->dir);
	return err;
}

/* As dir_list, of the directory that is open at @fd. */
static int list_open(struct gofer_server *s, const struct node *n, int fd, u64 cookie, u32 size,
		     u32 flags, struct gofer_readdir_rep *ret)
{
	struct stream st = {.fd = fd};
	struct filler f = filler(s, n, size, flags);

	f.st = &st;
	if (cookie) {
		s64 pos = gsys_lseek(fd, (s64)cookie);

		if (pos < 0)
			return (int)pos;
	}
	ret->entries.p = s->scratch;
	return fill_reply(&f, ret);
}

int dir_list(struct gofer_server *s, const struct node *n, u64 cookie, u32 size, u32 flags,
	     struct gofer_readdir_rep *ret)
{
	cleanup_gfd int fd = -1;

	*ret = (struct gofer_readdir_rep){.entries.p = s->scratch, .eof = GOFER_EOF};
	if (n->empty)
		return 0;
	fd = gsys_open_dir(n->fd);
	return fd < 0 ? fd : list_open(s, n, fd, cookie, size, flags, ret);
}

int gofer_do_listat(struct gofer_server *s, const struct gofer_listat_req *req,
		    struct gofer_listat_rep *rep)
{
	struct gofer_readdir_rep list;
	cleanup_gfd int fd = -1;
	struct node n;
	bool open;
	int err;

	if (req->cookie > INT64_MAX)
		return -EINVAL;
	err = path_visit_dir(s, req->dir, &req->names, &n, &rep->attr, &open);
	if (err)
		return err;
	fd = n.fd;
	if (n.type != S_IFDIR)
		return -ENOTDIR;
	err = open ? list_open(s, &n, fd, req->cookie, req->size, req->flags, &list)
		   : dir_list(s, &n, req->cookie, req->size, req->flags, &list);
	if (err)
		return err;
	rep->entries = list.entries;
	rep->eof = list.eof;
	return 0;
}
