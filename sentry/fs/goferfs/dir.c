/*
 * Open directories of the host
 *
 * Positions are the host's own cookies moved up by two, since "." and ".." come
 * first and are ours.  Entries arrive many at a time and are kept with the open
 * directory until they have been handed out; where nobody changes them, they are
 * kept for others, too (ahead.c).
 *
 * Locks: as file.h says: pos_mu and inode->dir_mu guard what was read ahead.
 */
#include <dirent.h>

#include "fs/dentry.h"
#include "fs/goferfs/ahead.h"
#include "lib/alloc.h"

/* Positions: 0 is ".", 1 is "..", DIR_END the end; between them cookie + DIR_FIRST. */
#define DIR_FIRST 2
#define DIR_END   INT64_MAX

struct gofer_dir {
	struct file file; /* base; gd_release() frees the whole */

	struct gofer_call call;    /* holds the entries, or ... */
	struct gofer_ahead *ahead; /* ... this does, counted */
	struct gofer_bytes entries;
	size_t off; /* of the next entry in entries */
	off_t at;   /* the position it stands for; -1: nothing is read */
	bool eof;   /* nothing comes after entries */
};

static struct gofer_dir *to_gofer_dir(struct file *f)
{
	return container_of(f, struct gofer_dir, file);
}

static off_t pos_of(u64 cookie)
{
	return cookie > DIR_END - DIR_FIRST ? DIR_END : (off_t)cookie + DIR_FIRST;
}

/* What somebody read here before, if it is kept. */
static bool load_ahead(struct gofer_dir *d, struct gofer_inode *gd, off_t pos, bool *ret_unread)
{
	struct gofer_super *s = inode_gofer_super(&gd->inode);
	struct gofer_ahead *b = s->frozen ? ahead_get(gd, (u64)pos - DIR_FIRST, ret_unread) : NULL;

	ahead_put(s, d->ahead);
	d->ahead = b;
	if (!b)
		return false;
	d->entries = b->entries;
	d->eof = b->eof;
	d->off = 0;
	d->at = pos;
	return true;
}

/* By its names: a directory that was seen in another one gets no handle for being read. */
static int ask_by_name(struct gofer_inode *gd, const struct gofer_readdir_req *what,
		       struct gofer_call *call, struct gofer_readdir_rep *ret)
{
	struct gofer_super *s = inode_gofer_super(&gd->inode);
	struct gofer_listat_rep rep;
	struct gofer_where w;
	int err = gi_where(gd, NULL, &w);

	if (!err) {
		struct gofer_listat_req req = {.dir = w.dir,
					       .names = w.names,
					       .cookie = what->cookie,
					       .size = what->size,
					       .flags = what->flags};

		err = gofer_listat(s->c, call, &req, &rep);
	}
	gi_where_fini(gd, &w);
	if (!err)
		*ret = (struct gofer_readdir_rep){.entries = rep.entries, .eof = rep.eof};
	return err;
}

int gd_ask(struct gofer_inode *gd, u64 cookie, u32 size, u32 flags, struct gofer_call *call,
	   struct gofer_readdir_rep *ret)
{
	struct gofer_super *s = inode_gofer_super(&gd->inode);
	struct gofer_readdir_req req = {
		.dir = gd->handle,
		.cookie = cookie,
		.size = size,
		.flags = flags | (flags & GOFER_READDIR_ATTR ? ahead_xattr_flag(s) : 0),
	};
	int err = req.dir ? gofer_readdir(s->c, call, &req, ret) : ask_by_name(gd, &req, call, ret);

	if (err)
		return err;
	/* Neither entries nor the end: a gofer that would have us ask for ever. */
	if (!ret->entries.len && !ret->eof)
		return -EIO;
	/* These are what is known of it, and more: not so attributes of some of its entries. */
	if (s->frozen && !cookie && (ret->eof || !(req.flags & GOFER_READDIR_ATTR)))
		ahead_drop(gd);
	if (s->frozen)
		ahead_add(gd, cookie, &ret->entries, ret->eof);
	return 0;
}

/* Read entries from @pos on. */
static int load(struct gofer_dir *d, off_t pos)
{
	struct gofer_inode *gd = to_gofer_inode(d->file.inode);
	struct gofer_super *s = inode_gofer_super(&gd->inode);
	struct gofer_readdir_rep rep;
	bool first = pos == DIR_FIRST && !gd->handle, unread, attrs;
	int err;

	d->at = -1;
	if (first)
		early_list(gd);
	if (load_ahead(d, gd, pos, &unread)) {
		if (first && unread)
			early_ask(gd);
		return 0;
	}
	attrs = s->frozen && ahead_wants_attrs(s);
	err = gd_ask(gd, (u64)pos - DIR_FIRST, GOFER_READDIR_MAX, attrs ? GOFER_READDIR_ATTR : 0,
		     &d->call, &rep);
	if (err)
		return err;
	if (attrs)
		ahead_watch_attrs(gd);
	if (first)
		early_ask(gd);
	d->entries = rep.entries;
	d->eof = rep.eof;
	d->off = 0;
	d->at = pos;
	return 0;
}

/* Hand out what was read; 1: it is used up, 0: no room left with the reader. */
static int emit_entries(struct gofer_dir *d, struct dir_context *ctx)
{
	struct inode *inode = d->file.inode;
	struct gofer_super *s = inode_gofer_super(inode);
	const struct gofer_attr *attr;
	const struct gofer_dirent *e;
	const char *name;

	for (;;) {
		size_t off = d->off;

		e = gofer_dirent_next(&d->entries, &off, &name, &attr);
		if (!e)
			return 1;
		if (!dir_emit(ctx, name, e->name_len, gs_ino(s, to_gofer_inode(inode)->dev, e->ino),
			      e->type, pos_of(e->next)))
			return 0;
		d->off = off;
		d->at = ctx->pos;
	}
}

static u64 parent_ino(struct file *f)
{
	cleanup_dentry struct dentry *parent = NULL;

	if (!path_valid(&f->path))
		return f->inode->ino;
	parent = dentry_parent_get(f->path.dentry);
	return parent->inode->ino;
}

/* "." and ".."; false: no room. */
static bool emit_dots(struct file *f, struct dir_context *ctx)
{
	if (ctx->pos == 0 && !dir_emit(ctx, ".", 1, f->inode->ino, DT_DIR, 1))
		return false;
	return ctx->pos != 1 || dir_emit(ctx, "..", 2, parent_ino(f), DT_DIR, DIR_FIRST);
}

static int gd_readdir(struct file *f, struct dir_context *ctx)
{
	struct gofer_dir *d = to_gofer_dir(f);
	int err;

	if (ctx->pos == 0)
		d->at = -1;
	if (!emit_dots(f, ctx))
		return 0;
	while (ctx->pos != DIR_END) {
		if (d->at != ctx->pos) {
			err = load(d, ctx->pos);
			if (err)
				return err;
		}
		if (!emit_entries(d, ctx))
			return 0;
		if (d->eof)
			return 0;
		d->at = -1;
	}
	return 0;
}

static int gd_fsync(struct file *f, bool data_only)
{
	struct gofer_super *s = inode_gofer_super(f->inode);
	struct gofer_fsync_req req = {.flags = data_only ? GOFER_SYNC_DATA : 0};
	cleanup_gofer_call struct gofer_call call;
	int err = gi_handle(to_gofer_inode(f->inode), &req.node);

	gofer_call_init(&call);
	if (!err)
		err = gofer_fsync(s->c, &call, &req);
	gi_handle_put(to_gofer_inode(f->inode), req.node);
	return err;
}

static void gd_release(struct file *f)
{
	struct gofer_dir *d = to_gofer_dir(f);

	ahead_put(inode_gofer_super(f->inode), d->ahead);
	gofer_call_fini(&d->call);
	kfree(d);
}

static const struct file_ops gofer_dir_ops = {
	.readdir = gd_readdir,
	.fsync = gd_fsync,
	.release = gd_release,
};

int gd_open(struct inode *inode, const struct open_args *args, struct file **ret)
{
	struct gofer_dir *d = kzalloc(sizeof(*d));

	if (!d)
		return -ENOMEM;
	gofer_call_init(&d->call);
	d->at = -1;
	file_init(&d->file, &gofer_dir_ops, args->flags);
	file_set_inode(&d->file, inode);
	*ret = &d->file;
	return 0;
}
