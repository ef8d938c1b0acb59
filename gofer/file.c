/*
 * Requests on one file: open, fsync, extended attributes, reopen
 *
 * Only regular files are opened.  A descriptor that leaves for the sentry can
 * write only if the mount may be written to and the request said so.
 */
#include <fcntl.h>
#include <sys/xattr.h>

#include "gofer/internal.h"

int file_open(const struct gofer_server *s, const struct node *n, u32 flags)
{
	bool wr = flags & GOFER_OPEN_WRITE;

	if (n->type != S_IFREG)
		return n->type == S_IFDIR ? -EISDIR : -ENXIO;
	if (wr && node_rdonly(s, n))
		return -EROFS;
	return gsys_reopen(n->fd, !wr ? O_RDONLY : flags & GOFER_OPEN_READ ? O_RDWR : O_WRONLY);
}

int gofer_do_open(struct gofer_server *s, const struct gofer_open_req *req, struct gofer_fds *fds)
{
	const struct node *n = node_get(s, req->node);
	int fd;

	if (!n)
		return -EBADF;
	fd = file_open(s, n, req->flags);
	if (fd < 0)
		return fd;
	fds->out = fd;
	return 0;
}

int gofer_do_fsync(struct gofer_server *s, const struct gofer_fsync_req *req)
{
	const struct node *n = node_get(s, req->node);
	cleanup_gfd int fd = -1;

	if (!n)
		return -EBADF;
	if (n->type != S_IFDIR && n->type != S_IFREG)
		return -EINVAL;
	if (n->empty)
		return 0;
	fd = n->type == S_IFDIR ? gsys_open_dir(n->fd) : gsys_reopen(n->fd, O_RDONLY);
	return fd < 0 ? fd : gsys_fsync(fd, req->flags & GOFER_SYNC_DATA);
}

/* Room for a value the caller has @want bytes for; 0 asks only for the length. */
static size_t xattr_room(u32 want)
{
	return min(want, GOFER_XATTR_MAX);
}

int gofer_do_getxattr(struct gofer_server *s, const struct gofer_getxattr_req *req,
		      struct gofer_getxattr_rep *rep)
{
	const struct node *n = node_get(s, req->node);
	ssize_t len;

	if (!n)
		return -EBADF;
	len = gsys_getxattr(n->fd, req->name, s->scratch, xattr_room(req->size));
	if (len < 0)
		return (int)len;
	rep->size = (u32)len;
	rep->value = (struct gofer_bytes){.p = s->scratch, .len = req->size ? (u32)len : 0};
	return 0;
}

int gofer_do_listxattr(struct gofer_server *s, const struct gofer_listxattr_req *req,
		       struct gofer_listxattr_rep *rep)
{
	const struct node *n = node_get(s, req->node);
	ssize_t len;

	if (!n)
		return -EBADF;
	len = gsys_listxattr(n->fd, (char *)s->scratch, xattr_room(req->size));
	if (len < 0)
		return (int)len;
	rep->size = (u32)len;
	rep->names = (struct gofer_bytes){.p = s->scratch, .len = req->size ? (u32)len : 0};
	return 0;
}

int gofer_do_setxattr(struct gofer_server *s, const struct gofer_setxattr_req *req)
{
	const struct node *n = node_get(s, req->node);
	int flags = 0;

	if (!n)
		return -EBADF;
	if (node_rdonly(s, n))
		return -EROFS;
	if (req->flags & GOFER_XATTR_CREATE)
		flags |= XATTR_CREATE;
	if (req->flags & GOFER_XATTR_REPLACE)
		flags |= XATTR_REPLACE;
	return gsys_setxattr(n->fd, req->name, req->value.p, req->value.len, flags);
}

int gofer_do_removexattr(struct gofer_server *s, const struct gofer_removexattr_req *req)
{
	const struct node *n = node_get(s, req->node);

	if (!n)
		return -EBADF;
	if (node_rdonly(s, n))
		return -EROFS;
	return gsys_removexattr(n->fd, req->name);
}

/*
 * A memory file of the sentry's, once more and only for reading: what a guest
 * may map without being able to write.  Nothing but an unnamed regular file
 * that can carry seals is taken, so this opens no file of the host.
 */
int gofer_do_reopen(struct gofer_server *s, struct gofer_fds *fds)
{
	struct statx stx;
	int err, fd;

	(void)s;
	if (fds->in < 0)
		return -EBADF;
	err = gsys_statx(fds->in, &stx);
	if (err)
		return err;
	if (!S_ISREG(stx.stx_mode) || stx.stx_nlink || gsys_get_seals(fds->in) < 0)
		return -EINVAL;
	fd = gsys_reopen(fds->in, O_RDONLY);
	if (fd < 0)
		return fd;
	fds->out = fd;
	return 0;
}
