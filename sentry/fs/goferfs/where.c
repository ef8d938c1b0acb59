/*
 * Files without a handle, and how the gofer is told which one is meant
 *
 * On frozen mounts names stay where they are, so an inode there holds no handle,
 * of which the gofer has only so many: it has a name in its parent, and that
 * one too, up to the root.  A request takes all these names along.
 *
 * It has room for GOFER_WALK_MAX of them.  For what stands deeper, some directory on the
 * way has a handle after all, which stays for a while: an *anchor*.  So the way to the next
 * file there is not walked from the root again.
 *
 * Locks: parents and names are immutable; anchor_lock guards the anchors.
 */
#include "fs/goferfs/ahead.h"
#include "lib/alloc.h"

struct gofer_anchor {
	struct ref ref;
	u32 handle;              /* immutable */
	struct gofer_inode *dir; /* immutable; counted */
};

static void anchor_put(struct gofer_anchor *a)
{
	if (!a || !ref_put(&a->ref))
		return;
	gofer_client_drop(inode_gofer_super(&a->dir->inode)->c, a->handle);
	inode_put(&a->dir->inode);
	kfree(a);
}

/* The anchor at @gi, counted, or NULL. */
static struct gofer_anchor *anchor_of(struct gofer_super *s, const struct gofer_inode *gi)
{
	struct gofer_anchor *found = NULL;

	if (!__atomic_load_n(&gi->anchored, __ATOMIC_RELAXED))
		return NULL;
	spin_lock(&s->anchor_lock);
	for (unsigned i = 0; i < ANCHORS_MAX && !found; i++)
		if (s->anchors[i] && s->anchors[i]->dir == gi)
			found = s->anchors[i];
	if (found)
		ref_get(&found->ref);
	spin_unlock(&s->anchor_lock);
	return found;
}

/* @a, or nothing, instead of the one in place @at, which is returned. */
static struct gofer_anchor *replace_locked(struct gofer_super *s, unsigned at,
					   struct gofer_anchor *a)
{
	struct gofer_anchor *old = s->anchors[at];

	if (old)
		__atomic_store_n(&old->dir->anchored, false, __ATOMIC_RELAXED);
	if (a)
		__atomic_store_n(&a->dir->anchored, true, __ATOMIC_RELAXED);
	s->anchors[at] = a;
	return old;
}

/* @handle, which is consumed, for @dir from now on; counted, or NULL without memory. */
static struct gofer_anchor *anchor_add(struct gofer_super *s, struct gofer_inode *dir, u32 handle)
{
	struct gofer_anchor *a = kzalloc(sizeof(*a)), *old;

	if (!a)
		return NULL;
	ref_init(&a->ref);
	ref_get(&a->ref);
	a->handle = handle;
	a->dir = to_gofer_inode(inode_get(&dir->inode));
	spin_lock(&s->anchor_lock);
	old = replace_locked(s, s->next_anchor++ % ANCHORS_MAX, a);
	spin_unlock(&s->anchor_lock);
	anchor_put(old);
	return a;
}

void anchors_drain(struct gofer_super *s)
{
	for (unsigned i = 0; i < ANCHORS_MAX; i++) {
		struct gofer_anchor *old;

		spin_lock(&s->anchor_lock);
		old = replace_locked(s, i, NULL);
		spin_unlock(&s->anchor_lock);
		anchor_put(old);
	}
}

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

/* The handle in @node is that of the directory @up levels above @gi: go on from there. */
static void go_on(struct gofer_inode *gi, u32 up, const struct gofer_node *node,
		  struct gofer_where *ret)
{
	struct gofer_super *s = inode_gofer_super(&gi->inode);
	struct gofer_inode *dir = gi;

	while (up--)
		dir = dir->parent;
	gi_where_fini(gi, ret);
	ret->dir = node->handle;
	/* Not for what the host has put there instead. */
	if (gi_is(dir, &node->attr))
		ret->anchor = anchor_add(s, dir, node->handle);
	if (!ret->anchor)
		ret->temp = node->handle;
}

int gi_where(struct gofer_inode *gi, const char *name, struct gofer_where *ret)
{
	struct gofer_super *s = inode_gofer_super(&gi->inode);
	const struct gofer_inode *top = gi;
	const u32 last = name ? 1 : 0;
	u32 total = last, done = 0;

	*ret = (struct gofer_where){0};
	for (; !top->handle && !(ret->anchor = anchor_of(s, top)); top = top->parent)
		total++;
	ret->dir = ret->anchor ? ret->anchor->handle : top->handle;
	for (;;) {
		struct gofer_node node;
		int err;

		names_fill(gi, name, total, done, &ret->names);
		if (total - done <= GOFER_WALK_MAX)
			return 0;
		err = walk(s, ret->dir, &ret->names, &node);
		if (err) {
			gi_where_fini(gi, ret);
			return err;
		}
		done += GOFER_WALK_MAX;
		go_on(gi, total - last - done, &node, ret);
	}
}

void gi_where_fini(struct gofer_inode *gi, struct gofer_where *w)
{
	if (w->temp)
		gofer_client_drop(inode_gofer_super(&gi->inode)->c, w->temp);
	w->temp = 0;
	anchor_put(w->anchor);
	w->anchor = NULL;
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
