/*
 * Files without a handle, and how the gofer is told which one is meant
 *
 * On frozen mounts names stay where they are, so an inode there holds no handle,
 * of which the gofer has only so many: it has a name in its parent, and that
 * one too, up to the root.  A request takes all these names along.
 *
 * Locks: none; parents and names are immutable.
 */
#include "fs/goferfs/ahead.h"

/*
 * The names of @total levels, the last one @name (or @gi itself), from level @done on: as many
 * as fit.
 */
static void names_fill(const struct gofer_inode *gi, const char *name, u32 total, u32 done,
		       struct gofer_names *ret)
{
	u32 pos = total;

	ret->n = min(total - done, GOFER_WALK_MAX);
	if (name && --pos - done < GOFER_WALK_MAX)
		ret->v[pos - done] = name;
	for (; pos > done; gi = gi->parent)
		if (--pos - done < GOFER_WALK_MAX)
			ret->v[pos - done] = gi->name;
}

static int walk_once(struct gofer_super *s, const struct gofer_walk_req *req,
		     struct gofer_node *ret)
{
	cleanup_gofer_call struct gofer_call call;
	struct gofer_walk_rep rep;
	bool whole;
	int err;
	u32 i;

	gofer_call_init(&call);
	err = gofer_walk(s->c, &call, req, &rep);
	if (err)
		return err;
	whole = rep.nodes.n == req->names.n;
	for (i = 0; i < rep.nodes.n; i++)
		if (!whole || i < rep.nodes.n - 1)
			gofer_client_drop(s->c, rep.nodes.v[i].handle);
	if (whole)
		*ret = rep.nodes.v[i - 1];
	else if (rep.stop != EMFILE && rep.stop != ENFILE)
		return -ENOENT;
	return whole ? 0 : -EMFILE;
}

/* Walk @names from @dir, all of them; the handles of those between are given back. */
static int walk(struct gofer_super *s, u32 dir, const struct gofer_names *names,
		struct gofer_node *ret)
{
	const struct gofer_walk_req req = {.dir = dir, .names = *names};
	int err = walk_once(s, &req, ret);

	if (err == -EMFILE || err == -ENFILE) {
		gs_make_room(s);
		err = walk_once(s, &req, ret);
	}
	return err;
}

int gi_where(struct gofer_inode *gi, const char *name, struct gofer_where *ret)
{
	struct gofer_super *s = inode_gofer_super(&gi->inode);
	const struct gofer_inode *top = gi;
	u32 total = name ? 1 : 0, done = 0;

	for (; !top->handle; top = top->parent)
		total++;
	*ret = (struct gofer_where){.dir = top->handle};
	for (;;) {
		struct gofer_node node;
		int err;

		names_fill(gi, name, total, done, &ret->names);
		if (total - done <= GOFER_WALK_MAX)
			return 0;
		err = walk(s, ret->dir, &ret->names, &node);
		gi_where_fini(gi, ret);
		if (err)
			return err;
		ret->dir = ret->temp = node.handle;
		done += GOFER_WALK_MAX;
	}
}

void gi_where_fini(struct gofer_inode *gi, struct gofer_where *w)
{
	if (w->temp)
		gofer_client_drop(inode_gofer_super(&gi->inode)->c, w->temp);
	w->temp = 0;
}

int gi_handle(struct gofer_inode *gi, u32 *ret)
{
	struct gofer_super *s = inode_gofer_super(&gi->inode);
	struct gofer_where w;
	struct gofer_node node;
	int err;

	*ret = gi->handle;
	if (*ret)
		return 0;
	err = gi_where(gi, NULL, &w);
	if (!err)
		err = walk(s, w.dir, &w.names, &node);
	gi_where_fini(gi, &w);
	if (err)
		return err;
	*ret = node.handle;
	return gi_is_file(gi, &node.attr);
}

void gi_handle_put(struct gofer_inode *gi, u32 handle)
{
	if (handle && handle != gi->handle)
		gofer_client_drop(inode_gofer_super(&gi->inode)->c, handle);
}

int gi_is_file(const struct gofer_inode *gi, const struct gofer_attr *attr)
{
	if (gi_is(gi, attr))
		return 0;
	/* The host did change it: what was read of the directory shows the old one, too. */
	if (gi->parent)
		ahead_drop(gi->parent);
	return -ESTALE;
}
