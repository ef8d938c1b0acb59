/*
 * Opening files before somebody asks for them
 *
 * Who reads a directory and opens its files one after the other (grep, tar, cp)
 * would wait for the gofer each time.  When the file that is opened is the one
 * that stands after the one opened before, those that follow are asked for as
 * well, without waiting; the gofer opens them while the guest reads the first.
 *
 * An early open lives on a list of the super, found by device and inode number,
 * until it is taken, or is the oldest of too many.
 *
 * Locks: early_lock for the list; its calls are finished off the list.
 */
#include "fs/goferfs/internal.h"
#include "lib/alloc.h"

#define NEXT_MAX  16 /* files asked for at a time */
#define EARLY_MAX 64 /* of a mount */

struct early {
	struct list_head node;
	u64 dev, ino; /* immutable */
	struct gofer_call call;
};

/* Wait for the reply, and free @e.  0, or -errno. */
static int finish(struct gofer_super *s, struct early *e, hostfd_t *ret)
{
	struct gofer_openat_rep rep;
	struct wire w;
	int err = gofer_call_finish(s->c, &e->call, &w, GOFER_FD_COMES);

	if (!err) {
		gofer_get_openat_rep(&w, &rep);
		err = wire_get_end(&w);
	}
	if (!err && (rep.attr.dev != e->dev || rep.attr.ino != e->ino))
		err = -ESTALE;
	if (!err)
		*ret = steal_hostfd(&e->call.fd);
	gofer_call_fini(&e->call);
	kfree(e);
	return err;
}

static struct early *find_locked(struct gofer_super *s, u64 dev, u64 ino)
{
	struct early *e;

	list_for_each_entry (e, &s->early, node)
		if (e->ino == ino && e->dev == dev)
			return e;
	return NULL;
}

static bool is_asked_for(struct gofer_super *s, const struct gofer_entry *entry)
{
	bool found;

	spin_lock(&s->early_lock);
	found = find_locked(s, entry->dev, entry->ino);
	spin_unlock(&s->early_lock);
	return found;
}

bool early_take(struct gofer_inode *gi, hostfd_t *ret)
{
	struct gofer_super *s = inode_gofer_super(&gi->inode);
	struct early *e;

	spin_lock(&s->early_lock);
	e = find_locked(s, gi->dev, gi->ino);
	if (e) {
		list_del(&e->node);
		s->nr_early--;
	}
	spin_unlock(&s->early_lock);
	return e && !finish(s, e, ret);
}

/* Drop the oldest while there are more than @max. */
static void trim(struct gofer_super *s, u32 max)
{
	for (;;) {
		cleanup_hostfd hostfd_t fd = HOSTFD_NONE;
		struct early *e = NULL;

		spin_lock(&s->early_lock);
		if (s->nr_early > max) {
			e = list_first_entry(&s->early, struct early, node);
			list_del(&e->node);
			s->nr_early--;
		}
		spin_unlock(&s->early_lock);
		if (!e)
			return;
		/* Whatever it says, nobody wanted it. */
		if (finish(s, e, &fd))
			continue;
	}
}

void early_drain(struct gofer_super *s)
{
	trim(s, 0);
}

/* Ask for @entry of @dir. */
static int ask(struct gofer_super *s, struct gofer_inode *dir, const struct gofer_entry *entry)
{
	struct early *e = kzalloc(sizeof(*e));
	struct gofer_where at;
	struct wire w;
	int err;

	if (!e)
		return -ENOMEM;
	gofer_call_init(&e->call);
	e->dev = entry->dev;
	e->ino = entry->ino;
	err = gi_where(dir, entry->name.s, &at);
	if (!err) {
		struct gofer_openat_req req = {at.dir, at.names, GOFER_OPEN_READ};

		gofer_call_begin(&e->call, GOFER_OPENAT, &w);
		gofer_put_openat_req(&w, &req);
		err = gofer_call_start(s->c, &e->call, &w);
	}
	gi_where_fini(dir, &at);
	if (err) {
		kfree(e);
		return err;
	}
	spin_lock(&s->early_lock);
	list_add_tail(&e->node, &s->early);
	s->nr_early++;
	spin_unlock(&s->early_lock);
	return 0;
}

void early_ask(struct gofer_inode *gi)
{
	struct gofer_super *s = inode_gofer_super(&gi->inode);
	cleanup_free struct gofer_entry *next = kcalloc(NEXT_MAX, sizeof(*next));
	u32 i, n = next ? ahead_follow(gi, next, NEXT_MAX) : 0;

	/* Many at a time: to wake the gofer for one costs more than what it does then. */
	if (n && is_asked_for(s, &next[0]))
		return;
	/* When something fails, the files are opened when they are asked for. */
	for (i = 0; i < n; i++)
		if (!is_asked_for(s, &next[i]) && ask(s, gi->parent, &next[i]))
			break;
	if (n)
		trim(s, EARLY_MAX);
}
