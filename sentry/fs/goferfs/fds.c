/*
 * Donated descriptors: one to read and one to write, for each file in use
 *
 * All opens of a file share them, since the sentry always says where it reads
 * and writes.  They are opened when first wanted and stay a while after the
 * last close: a program that opens a header a thousand times makes one gofer
 * call.  The longest idle go when there are too many.
 *
 * A descriptor is handed to guests for mapping, so one that can write never
 * stands in for one that only reads.
 *
 * On an overlay of the host a file is copied when it is first opened to be
 * written to; what was opened before and is mapped shows the old one for ever.  So
 * the descriptor to read with, and our mapping, are made anew before anybody writes.
 *
 * Locks: gi->open_mu, across the gofer call; idle_lock for the counts.
 */
#include <linux/magic.h>
#include <sys/vfs.h>

#include "fs/goferfs/ahead.h"

static void fds_use(struct gofer_super *s, struct gofer_inode *gi)
{
	spin_lock(&s->idle_lock);
	if (!gi->nr_open++ && !list_empty(&gi->idle)) {
		list_del(&gi->idle);
		s->nr_idle--;
	}
	spin_unlock(&s->idle_lock);
}

static int open_at_locked(struct gofer_inode *gi, const struct gofer_where *w,
			  struct gofer_call *call)
{
	struct gofer_look_req req = {
		.dir = w->dir,
		.names = w->names,
		.from = w->names.n - 1,
		.flags = GOFER_LOOK_OPEN,
	};
	struct gofer_look_rep rep;
	int err = gofer_look_checked(inode_gofer_super(&gi->inode)->c, call, &req, &rep);

	if (!err)
		err = gi_is_file(gi, &rep.attrs.v[0]);
	if (err || hostfd_valid(call->fd))
		return err;
	return rep.stop && rep.stop <= ERRNO_MAX ? -(int)rep.stop : -EIO;
}

/* By its names: it has no handle, and needs none for this. */
static int open_by_name_locked(struct gofer_inode *gi, u32 flags, struct gofer_call *call)
{
	struct gofer_super *s = inode_gofer_super(&gi->inode);
	struct gofer_where w;
	int err = gi_where(gi, NULL, &w);

	/* What is frozen is not written to. */
	if (!err && flags & GOFER_OPEN_WRITE)
		err = -EROFS;
	if (!err)
		err = open_at_locked(gi, &w, call);
	if (err == -EMFILE || err == -ENFILE) {
		gs_make_room(s);
		err = open_at_locked(gi, &w, call);
	}
	gi_where_fini(gi, &w);
	return err;
}

/* Ask the gofer; open_mu is held. */
static int open_locked(struct gofer_inode *gi, u32 flags, hostfd_t *ret)
{
	struct gofer_super *s = inode_gofer_super(&gi->inode);
	struct gofer_open_req req = {.node = gi->handle, .flags = flags};
	cleanup_gofer_call struct gofer_call call;
	int err;

	gofer_call_init(&call);
	if (req.node) {
		err = gofer_open(s->c, &call, &req);
	} else if (flags == GOFER_OPEN_READ && early_take(gi, &call.fd)) {
		err = 0;
	} else {
		pair_opened(gi->parent, "", gi->name);
		err = open_by_name_locked(gi, flags, &call);
	}
	if (!err)
		*ret = steal_hostfd(&call.fd);
	if (!err && !req.node && flags == GOFER_OPEN_READ)
		early_ask(gi);
	return err;
}

/* Who has the old descriptor in use keeps it; its read(2) shows what is there. */
static int renew_locked(struct gofer_inode *gi)
{
	hostfd_t fresh = HOSTFD_NONE;
	struct statfs st;
	int err;

	if (!hostfd_valid(gi->ro) || host_fstatfs(gi->ro, &st) ||
	    st.f_type != OVERLAYFS_SUPER_MAGIC)
		return 0;
	err = open_locked(gi, GOFER_OPEN_READ, &fresh);
	if (!err)
		err = gi_remap_locked(gi, fresh);
	if (err) {
		host_close(fresh);
		return err;
	}
	/* Both stay until nobody uses any of them, and so does the one that writes. */
	assert(!hostfd_valid(gi->old));
	gi->old = gi->ro;
	gi->ro = fresh;
	return 0;
}

/* The host may let us write what it does not let us read: then writing is all we ask. */
static int open_write_locked(struct gofer_inode *gi)
{
	int err = open_locked(gi, GOFER_OPEN_READ | GOFER_OPEN_WRITE, &gi->rw);

	if (err == -EACCES)
		err = open_locked(gi, GOFER_OPEN_WRITE, &gi->rw);
	if (!err)
		err = renew_locked(gi);
	if (err)
		host_close(steal_hostfd(&gi->rw));
	return err;
}

bool gi_fd_peek(struct gofer_inode *gi, bool write, hostfd_t *ret)
{
	fds_use(inode_gofer_super(&gi->inode), gi);
	mutex_lock(&gi->open_mu);
	*ret = hostfd_valid(gi->rw) || write ? gi->rw : gi->ro;
	mutex_unlock(&gi->open_mu);
	if (hostfd_valid(*ret))
		return true;
	gi_fd_put(gi);
	return false;
}

void gi_fd_adopt(struct gofer_inode *gi, hostfd_t fd, bool write)
{
	hostfd_t *slot = write ? &gi->rw : &gi->ro;

	fds_use(inode_gofer_super(&gi->inode), gi);
	mutex_lock(&gi->open_mu);
	if (hostfd_valid(*slot))
		host_close(fd);
	else
		*slot = fd;
	mutex_unlock(&gi->open_mu);
	gi_fd_put(gi);
}

static void close_unused(struct gofer_super *s, struct gofer_inode *gi)
{
	bool used;

	mutex_lock(&gi->open_mu);
	spin_lock(&s->idle_lock);
	used = gi->nr_open || !list_empty(&gi->idle);
	spin_unlock(&s->idle_lock);
	/* Whoever begins to use it now waits for open_mu and finds it closed. */
	if (!used) {
		gi_unmap(gi);
		host_close(steal_hostfd(&gi->ro));
		host_close(steal_hostfd(&gi->rw));
		host_close(steal_hostfd(&gi->old));
	}
	mutex_unlock(&gi->open_mu);
}

/* The longest idle inode, counted, off the list; NULL while there are no more than @max. */
static struct gofer_inode *idle_take(struct gofer_super *s, u32 max)
{
	struct gofer_inode *gi = NULL;

	spin_lock(&s->idle_lock);
	while (!gi && s->nr_idle > max) {
		gi = list_first_entry(&s->idle, struct gofer_inode, idle);
		list_del(&gi->idle);
		s->nr_idle--;
		if (!ref_get_unless_zero(&gi->inode.ref))
			gi = NULL;
	}
	spin_unlock(&s->idle_lock);
	return gi;
}

void gi_fd_put(struct gofer_inode *gi)
{
	struct gofer_super *s = inode_gofer_super(&gi->inode);
	struct gofer_inode *old;

	spin_lock(&s->idle_lock);
	if (--gi->nr_open == 0) {
		list_add_tail(&gi->idle, &s->idle);
		s->nr_idle++;
	}
	spin_unlock(&s->idle_lock);
	old = idle_take(s, s->max_idle);
	if (!old)
		return;
	close_unused(s, old);
	inode_put(&old->inode);
}

/* The sentry is out of descriptors: close those that nobody uses. */
static void close_idle(struct gofer_super *s)
{
	struct gofer_inode *gi;

	while ((gi = idle_take(s, 0))) {
		close_unused(s, gi);
		inode_put(&gi->inode);
	}
}

void gs_close_idle_maps(struct gofer_super *s, u64 max)
{
	struct gofer_inode *gi;

	while (__atomic_load_n(&s->map_bytes, __ATOMIC_RELAXED) > max && (gi = idle_take(s, 0))) {
		close_unused(s, gi);
		inode_put(&gi->inode);
	}
}

static int fill_slot(struct gofer_inode *gi, bool write, hostfd_t *ret)
{
	hostfd_t *slot = write ? &gi->rw : &gi->ro;
	int err = 0;

	mutex_lock(&gi->open_mu);
	if (!hostfd_valid(*slot))
		err = write ? open_write_locked(gi) : open_locked(gi, GOFER_OPEN_READ, slot);
	*ret = *slot;
	mutex_unlock(&gi->open_mu);
	return err;
}

int gi_fd_get(struct gofer_inode *gi, bool write, hostfd_t *ret)
{
	struct gofer_super *s = inode_gofer_super(&gi->inode);
	int err;

	/* Used before it is opened, so that it does not go idle in between. */
	fds_use(s, gi);
	err = fill_slot(gi, write, ret);
	if (err == -EMFILE || err == -ENFILE) {
		close_idle(s);
		err = fill_slot(gi, write, ret);
	}
	if (err)
		gi_fd_put(gi);
	return err;
}

void gi_fds_close(struct gofer_inode *gi)
{
	struct gofer_super *s = inode_gofer_super(&gi->inode);

	spin_lock(&s->idle_lock);
	if (!list_empty(&gi->idle)) {
		list_del(&gi->idle);
		s->nr_idle--;
	}
	spin_unlock(&s->idle_lock);
	gi_unmap(gi);
	host_close(gi->ro);
	host_close(gi->rw);
	host_close(gi->old);
}
