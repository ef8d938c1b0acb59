/*
 * Reading directories of overlay.
 *
 * One without slots is read below, with the positions of the file system there;
 * names that are removed meanwhile are left out.  For one with slots a listing is
 * made at the beginning of a reading: the names below that no slot covers, then
 * those of the slots; positions are indices into it.  Who reads at the same time
 * shares the listing.  As POSIX allows, names that come during a reading are not
 * in it.
 *
 * Locks: the VFS holds the file's pos_mu and the directory's dir_mu.
 */
#include <dirent.h>
#include <string.h>

#include "fs/dentry.h"
#include "fs/overlay/internal.h"
#include "lib/alloc.h"

#define POS_FIRST 2 /* 0 is ".", 1 is ".." */

struct listed {
	u64 ino;
	u32 name; /* offset in names */
	u16 len;
	u8 type;
};

/* Held by the files that read it; the directory knows the last one. */
struct ovl_listing {
	u32 users;   /* dir_mu */
	u64 changes; /* of the directory when it was made */
	size_t nr, room;
	struct listed *entries;
	size_t names_len, names_room;
	char *names;
};

enum source { SOURCE_NONE, SOURCE_LOWER, SOURCE_LISTING };

struct ovl_dir_file {
	struct file file; /* base; release frees the whole */

	/* pos_mu */
	enum source source;
	struct file *lower; /* counted */
	struct ovl_listing *listing;
};

/* Reading the lower directory on behalf of something else. */
struct lower_ctx {
	struct dir_context ctx;
	struct ovl_dir *dir;
	struct dir_context *out;     /* SOURCE_LOWER: the reader */
	struct ovl_listing *listing; /* a listing is being made */
	bool found;                  /* ovl_dir_is_empty(): there is a name */
	int err;
};

static struct ovl_dir_file *to_dir_file(struct file *f)
{
	return container_of(f, struct ovl_dir_file, file);
}

static bool is_dots(const char *name, size_t len)
{
	return name[0] == '.' && (len == 1 || (len == 2 && name[1] == '.'));
}

static struct ovl_slot *slot_of(struct ovl_dir *d, const char *name, size_t len)
{
	struct qname q;

	if (!d->slots.nr)
		return NULL;
	q = qname_make(name, len);
	return ovl_slot_find(d, &q);
}

static int open_lower(struct ovl_dir *d, struct file **ret)
{
	struct open_args args = {.flags = O_RDONLY | O_DIRECTORY};
	struct inode *lower = d->base.lower;

	return lower->ops->open ? lower->ops->open(lower, &args, ret) : -ENXIO;
}

/*
 * Safe without pos_mu of @lower: only one reader uses it, under a pos_mu or
 * dir_mu of his own.
 */
static int read_lower(struct file *lower, struct lower_ctx *lc)
{
	int err;

	if (!lower->ops->readdir)
		return -ENOTDIR;
	mutex_lock(&lower->inode->dir_mu);
	err = lower->ops->readdir(lower, &lc->ctx);
	mutex_unlock(&lower->inode->dir_mu);
	return err ? err : lc->err;
}

/* krealloc in powers of two. */
static int grow(void *pp, size_t *room, size_t need, size_t size)
{
	size_t n = *room ? *room : 64;
	void *p;

	if (need <= *room)
		return 0;
	while (n < need)
		n *= 2;
	p = krealloc(*(void **)pp, n * size);
	if (!p)
		return -ENOMEM;
	*(void **)pp = p;
	*room = n;
	return 0;
}

static int list_add_name(struct ovl_listing *l, const char *name, size_t len, u64 ino,
			 unsigned type)
{
	int err = grow(&l->entries, &l->room, l->nr + 1, sizeof(*l->entries));

	if (!err)
		err = grow(&l->names, &l->names_room, l->names_len + len, 1);
	if (err)
		return err;
	memcpy(l->names + l->names_len, name, len);
	l->entries[l->nr++] = (struct listed){ino, (u32)l->names_len, (u16)len, (u8)type};
	l->names_len += len;
	return 0;
}

static bool emit_to_listing(struct dir_context *ctx, const char *name, size_t len, u64 ino,
			    unsigned type, off_t next)
{
	struct lower_ctx *lc = container_of(ctx, struct lower_ctx, ctx);

	(void)next;
	if (!is_dots(name, len) && !slot_of(lc->dir, name, len))
		lc->err = list_add_name(lc->listing, name, len, ino, type);
	return !lc->err;
}

static void listing_free(struct ovl_listing *l)
{
	kfree(l->entries);
	kfree(l->names);
	kfree(l);
}

static int list_lower(struct ovl_dir *d, struct ovl_listing *l)
{
	struct lower_ctx lc = {.ctx.emit = emit_to_listing, .dir = d, .listing = l};
	cleanup_file struct file *lower = NULL;
	int err = open_lower(d, &lower);

	return err ? err : read_lower(lower, &lc);
}

static int listing_make(struct ovl_dir *d, struct ovl_listing **ret)
{
	struct ovl_listing *l = kzalloc(sizeof(*l));
	struct name *n;
	int err = 0;

	if (!l)
		return -ENOMEM;
	if (d->base.lower)
		err = list_lower(d, l);
	list_for_each_entry (n, &d->slots.names, node) {
		struct ovl_slot *slot = to_ovl_slot(n);

		if (!err && slot->inode)
			err = list_add_name(l, n->str, n->len, slot->inode->ino,
					    IFTODT(inode_mode(slot->inode)));
	}
	if (err) {
		listing_free(l);
		return err;
	}
	l->changes = d->changes;
	*ret = l;
	return 0;
}

static void listing_put(struct ovl_dir *d, struct ovl_listing *l)
{
	if (!l || --l->users)
		return;
	if (d->listing == l)
		d->listing = NULL;
	listing_free(l);
}

static int begin_listing(struct ovl_dir *d, struct ovl_dir_file *df)
{
	struct ovl_listing *l = d->listing;
	int err = 0;

	if (!l || l->changes != d->changes)
		err = listing_make(d, &l);
	if (err)
		return err;
	l->users++;
	listing_put(d, df->listing);
	df->listing = l;
	d->listing = l;
	return 0;
}

/* At the start of a reading: where the names come from. */
static int choose_source(struct ovl_dir *d, struct ovl_dir_file *df)
{
	if (!d->base.lower || d->slots.nr) {
		df->source = SOURCE_LISTING;
		return begin_listing(d, df);
	}
	df->source = SOURCE_LOWER;
	return df->lower ? 0 : open_lower(d, &df->lower);
}

static bool emit_from_lower(struct dir_context *ctx, const char *name, size_t len, u64 ino,
			    unsigned type, off_t next)
{
	struct lower_ctx *lc = container_of(ctx, struct lower_ctx, ctx);
	const struct ovl_slot *slot = slot_of(lc->dir, name, len);

	if (slot && !slot->inode)
		return true;
	if (slot) {
		ino = slot->inode->ino;
		type = IFTODT(inode_mode(slot->inode));
	}
	return lc->out->emit(lc->out, name, len, ino, type, next);
}

static int emit_lower(struct ovl_dir *d, struct ovl_dir_file *df, struct dir_context *ctx)
{
	struct lower_ctx lc = {
		.ctx = {.emit = emit_from_lower, .pos = ctx->pos},
		.dir = d,
		.out = ctx,
	};
	int err = read_lower(df->lower, &lc);

	ctx->pos = lc.ctx.pos;
	return err;
}

static u64 parent_ino(const struct file *f)
{
	cleanup_dentry struct dentry *parent = NULL;

	if (!path_valid(&f->path))
		return f->inode->ino;
	parent = dentry_parent_get(f->path.dentry);
	return parent->inode->ino;
}

static int emit_listing(struct file *f, struct ovl_dir *d, struct dir_context *ctx)
{
	const struct ovl_listing *l = to_dir_file(f)->listing;

	if (ctx->pos == 0 && !dir_emit(ctx, ".", 1, f->inode->ino, DT_DIR, 1))
		return 0;
	if (ctx->pos == 1 && !dir_emit(ctx, "..", 2, parent_ino(f), DT_DIR, POS_FIRST))
		return 0;
	while ((size_t)(ctx->pos - POS_FIRST) < l->nr) {
		const struct listed *e = &l->entries[ctx->pos - POS_FIRST];
		const struct ovl_slot *slot = slot_of(d, l->names + e->name, e->len);

		if (slot && !slot->inode)
			ctx->pos++;
		else if (!dir_emit(ctx, l->names + e->name, e->len, e->ino, e->type, ctx->pos + 1))
			break;
	}
	return 0;
}

static int dir_readdir(struct file *f, struct dir_context *ctx)
{
	struct ovl_dir_file *df = to_dir_file(f);
	struct ovl_dir *d = to_ovl_dir(f->inode);
	int err = 0;

	if (ctx->pos == 0 || df->source == SOURCE_NONE)
		err = choose_source(d, df);
	if (err)
		return err;
	return df->source == SOURCE_LOWER ? emit_lower(d, df, ctx) : emit_listing(f, d, ctx);
}

static off_t dir_llseek(struct file *f, off_t off, int whence)
{
	if (whence == SEEK_CUR)
		off += f->pos;
	else if (whence != SEEK_SET)
		return -EINVAL;
	if (off < 0)
		return -EINVAL;
	f->pos = off;
	return off;
}

static int dir_fsync(struct file *f, bool data_only)
{
	(void)f;
	(void)data_only;
	return 0;
}

static void dir_file_release(struct file *f)
{
	struct ovl_dir_file *df = to_dir_file(f);

	if (df->listing) {
		mutex_lock(&f->inode->dir_mu);
		listing_put(to_ovl_dir(f->inode), df->listing);
		mutex_unlock(&f->inode->dir_mu);
	}
	if (df->lower)
		file_put(df->lower);
	kfree(df);
}

static const struct file_ops ovl_dir_file_ops = {
	.readdir = dir_readdir,
	.llseek = dir_llseek,
	.fsync = dir_fsync,
	.release = dir_file_release,
};

int ovl_dir_open(struct inode *inode, const struct open_args *args, struct file **ret)
{
	struct ovl_dir_file *df = kzalloc(sizeof(*df));

	if (!df)
		return -ENOMEM;
	file_init(&df->file, &ovl_dir_file_ops, args->flags);
	file_set_inode(&df->file, inode);
	*ret = &df->file;
	return 0;
}

static bool emit_is_there(struct dir_context *ctx, const char *name, size_t len, u64 ino,
			  unsigned type, off_t next)
{
	struct lower_ctx *lc = container_of(ctx, struct lower_ctx, ctx);

	(void)ino;
	(void)type;
	(void)next;
	lc->found = !is_dots(name, len) && !slot_of(lc->dir, name, len);
	return !lc->found;
}

int ovl_dir_is_empty(struct ovl_dir *d)
{
	struct lower_ctx lc = {.ctx.emit = emit_is_there, .dir = d};
	cleanup_file struct file *lower = NULL;
	int err;

	if (d->nr_live)
		return 0;
	if (!d->base.lower)
		return 1;
	err = open_lower(d, &lower);
	if (!err)
		err = read_lower(lower, &lc);
	return err ? err : !lc.found;
}
