/*
 * A mount of the gofer's as a super (goferfs.h)
 *
 * Exclusive mounts have no revalidate operation, which lets path walks trust
 * the dentry cache without asking; shared ones have it.
 * Mounts that nobody changes at all are *frozen*: attributes that come with
 * directory entries answer the lookups that follow (ahead.c), and files are
 * asked about by their names (where.c), so that no handles are held.
 */
#include <sys/resource.h>
#include <sys/stat.h>

#include "fs/dentry.h"
#include "fs/goferfs/ahead.h"
#include "fs/stat.h"
#include "lib/alloc.h"

static int gs_statfs(struct super *super, struct kstatfs *ret)
{
	struct gofer_super *s = to_gofer_super(super);
	struct gofer_statfs_req req = {.node = s->root_handle};
	cleanup_gofer_call struct gofer_call call;
	struct gofer_statfs_rep rep;
	int err;

	gofer_call_init(&call);
	err = gofer_statfs(s->c, &call, &req, &rep);
	if (err)
		return err;
	*ret = (struct kstatfs){
		.type = rep.st.type,
		.bsize = rep.st.bsize,
		.frsize = rep.st.frsize,
		.blocks = rep.st.blocks,
		.bfree = rep.st.bfree,
		.bavail = rep.st.bavail,
		.files = rep.st.files,
		.ffree = rep.st.ffree,
		.namelen = (u32)rep.st.namelen,
	};
	return 0;
}

/* What is kept for nobody in particular holds inodes. */
static void gs_shutdown(struct super *super)
{
	struct gofer_super *s = to_gofer_super(super);

	early_drain(s);
	found_drain(s);
	anchors_drain(s);
}

static void gs_release(struct super *super)
{
	struct gofer_super *s = to_gofer_super(super);

	/* Who had a directory open since then may have left some. */
	gs_shutdown(super);
	super_fini(super);
	gs_table_fini(s);
	kfree(s);
}

static const struct super_ops exclusive_ops = {
	.statfs = gs_statfs,
	.shutdown = gs_shutdown,
	.release = gs_release,
};

static const struct super_ops shared_ops = {
	.statfs = gs_statfs,
	.revalidate = gs_revalidate,
	.release = gs_release,
};

/* Others want descriptors too, and find none while ours are kept. */
static u32 max_idle(const struct gofer_client *c)
{
	struct rlimit64 lim;

	if (host_prlimit(0, RLIMIT_NOFILE, NULL, &lim))
		return 0;
	return (u32)min(lim.rlim_cur / IDLE_FDS_PART / max(gofer_client_mounts(c), 1u),
			(u64)IDLE_FDS_MAX);
}

static int gs_alloc(struct gofer_client *c, const struct gofer_attach_rep *at, u32 flags,
		    struct gofer_super **ret)
{
	struct gofer_super *s = kzalloc(sizeof(*s));
	bool shared = at->flags & GOFER_MOUNT_SHARED;
	int err;

	if (!s)
		return -ENOMEM;
	if (at->flags & GOFER_MOUNT_RDONLY)
		flags |= SUPER_RDONLY;
	err = gs_table_init(s);
	if (!err)
		err = super_init(&s->super, shared ? &shared_ops : &exclusive_ops, "9p",
				 GOFERFS_MAGIC, flags);
	if (err) {
		gs_table_fini(s);
		kfree(s);
		return err;
	}
	s->c = c;
	s->root_handle = at->root;
	s->shared = shared;
	s->frozen = !shared && at->flags & GOFER_MOUNT_RDONLY;
	mutex_init(&s->ahead_mu, LOCK_LEAF);
	list_init(&s->ahead);
	spin_init(&s->early_lock);
	list_init(&s->early);
	spin_init(&s->anchor_lock);
	spin_init(&s->found_lock);
	list_init(&s->found);
	s->max_idle = max_idle(c);
	spin_init(&s->idle_lock);
	list_init(&s->idle);
	*ret = s;
	return 0;
}

int goferfs_create(struct gofer_client *c, u32 mount, u32 super_flags, struct super **ret)
{
	struct gofer_attach_req req = {.mount = mount};
	cleanup_gofer_call struct gofer_call call;
	cleanup_inode struct inode *root = NULL;
	struct gofer_attach_rep rep;
	struct gofer_super *s;
	int err;

	gofer_call_init(&call);
	err = gofer_attach(c, &call, &req, &rep);
	if (err)
		return err;
	err = gs_alloc(c, &rep, super_flags, &s);
	if (err) {
		gofer_client_drop(c, rep.root);
		return err;
	}
	/* Each cached name may hold a handle, and the gofer has no more than so many. */
	if (!s->frozen)
		dcache_limit = min(dcache_limit, (size_t)gofer_client_handles(c) / 2);
	err = gi_obtain(s, rep.root, &rep.attr, &root);
	if (!err)
		err = super_set_root(&s->super, root);
	if (err) {
		super_put(&s->super);
		return err;
	}
	*ret = &s->super;
	return 0;
}
