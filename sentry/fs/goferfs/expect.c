/*
 * Asking at once for what a sandbox looks at when it starts
 *
 * The program and its loader, mount points, the working directory: one packet each way instead of a
 * message and two wake-ups for each.  What comes is found (look.c) by the lookups that follow;
 * whether it was worth it, nobody asks.
 *
 * Locks: none.
 */
#include <string.h>

#include "fs/dentry.h"
#include "fs/goferfs/ahead.h"
#include "fs/goferfs/goferfs.h"
#include "lib/alloc.h"

#define PATH_ROOM 256 /* longer ones are not asked for */

struct expected {
	struct gofer_call call;
	struct gofer_look_req req;
	bool asked;
	char path[PATH_ROOM];
};

/* The names of @path, taken apart in @e; false: not one that is asked for. */
static bool take_apart(struct expected *e, const char *path)
{
	size_t len = strlen(path);
	char *rest = e->path, *name;

	if (len >= PATH_ROOM)
		return false;
	memcpy(e->path, path, len + 1);
	while ((name = strsep(&rest, "/")) != NULL) {
		if (!*name)
			continue;
		if (e->req.names.n == GOFER_WALK_MAX || !gofer_name_ok(name, strlen(name)))
			return false;
		e->req.names.v[e->req.names.n++] = name;
	}
	return e->req.names.n > 0;
}

static void ask(struct gofer_super *s, u32 root, struct expected *e, struct gofer_batch *b)
{
	struct wire w;

	e->req.dir = root;
	gofer_call_begin(&e->call, GOFER_LOOK, &w);
	gofer_put_look_req(&w, &e->req);
	e->asked = !gofer_batch_add(s->c, b, &e->call, &w);
}

static void receive(struct gofer_inode *root, struct expected *e)
{
	struct inode *inode = NULL;
	int err = look_finish(root, &e->call, &e->req, &inode);

	/* NULL: there is none of that name. */
	if (!err || err == -ENOENT)
		found_add(root, e->req.names.v[0], inode);
}

void goferfs_expect(struct super *sb, const char *const *paths, u32 n, u32 nr_open)
{
	struct gofer_inode *root = to_gofer_inode(sb->root->inode);
	struct gofer_super *s = inode_gofer_super(&root->inode);
	cleanup_free struct expected *all = NULL;
	struct gofer_batch b = {.n = 0};

	if (!s->frozen)
		return;
	n = min(n, GOFER_PACKET_MAX);
	all = kcalloc(n, sizeof(*all));
	for (u32 i = 0; all && i < n; i++) {
		gofer_call_init(&all[i].call);
		all[i].req.flags = GOFER_LOOK_LINKS | GOFER_LOOK_FOLLOW;
		all[i].req.flags |= i < nr_open ? GOFER_LOOK_OPEN : 0;
		if (take_apart(&all[i], paths[i]))
			ask(s, root->handle, &all[i], &b);
	}
	gofer_batch_send(s->c, &b);
	for (u32 i = 0; all && i < n; i++) {
		if (all[i].asked)
			receive(root, &all[i]);
		gofer_call_fini(&all[i].call);
	}
}
