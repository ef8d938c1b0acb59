/*
 * The inodes of a gofer mount: one for each host file that is in use
 *
 * Found by the host's device and inode number and the time when it was made, so
 * that two names of one file are one inode here too.  The table holds no
 * reference: an inode takes itself out when its last user lets go.  A handle pins
 * the host's inode, so its number cannot come to mean another file meanwhile; one
 * without may find that it does, and then the times differ.
 *
 * Locks: table_mu.
 */
#include "fs/dentry.h"
#include "fs/goferfs/ahead.h"
#include "lib/alloc.h"

#define BUCKETS_MIN 256

/* Inode numbers of the second and further devices differ in these bits. */
#define DEV_SHIFT 57

int gs_table_init(struct gofer_super *s)
{
	mutex_init(&s->table_mu, LOCK_LEAF);
	s->nr_buckets = BUCKETS_MIN;
	s->buckets = kcalloc(s->nr_buckets, sizeof(*s->buckets));
	return s->buckets ? 0 : -ENOMEM;
}

void gs_table_fini(struct gofer_super *s)
{
	kfree(s->buckets);
}

static struct gofer_inode **bucket_locked(struct gofer_super *s, u64 dev, u64 ino)
{
	u64 h = (ino ^ (dev << 32 | dev >> 32)) * 0x9e3779b97f4a7c15ull;

	return &s->buckets[(h >> 32) & (s->nr_buckets - 1)];
}

/* More buckets, if memory allows: without them it is only slower. */
static void grow_locked(struct gofer_super *s)
{
	struct gofer_inode **old = s->buckets, **buckets;
	u32 i, nr = s->nr_buckets;

	buckets = kcalloc(2 * (size_t)nr, sizeof(*buckets));
	if (!buckets)
		return;
	s->buckets = buckets;
	s->nr_buckets = 2 * nr;
	for (i = 0; i < nr; i++) {
		struct gofer_inode *gi = old[i], *next;

		for (; gi; gi = next) {
			struct gofer_inode **b = bucket_locked(s, gi->dev, gi->ino);

			next = gi->hash_next;
			gi->hash_next = *b;
			*b = gi;
		}
	}
	kfree(old);
}

static struct gofer_inode *find_locked(struct gofer_super *s, const struct gofer_attr *attr)
{
	struct gofer_inode *gi = *bucket_locked(s, attr->dev, attr->ino);

	while (gi && !gi_is(gi, attr))
		gi = gi->hash_next;
	/* One that is being released is as good as none. */
	return gi && ref_get_unless_zero(&gi->inode.ref) ? gi : NULL;
}

static void insert_locked(struct gofer_super *s, struct gofer_inode *gi)
{
	struct gofer_inode **b;

	if (s->nr_inodes++ >= s->nr_buckets)
		grow_locked(s);
	b = bucket_locked(s, gi->dev, gi->ino);
	gi->hash_next = *b;
	*b = gi;
}

static void remove_inode(struct gofer_super *s, struct gofer_inode *gi)
{
	struct gofer_inode **p;

	mutex_lock(&s->table_mu);
	p = bucket_locked(s, gi->dev, gi->ino);
	while (*p != gi)
		p = &(*p)->hash_next;
	*p = gi->hash_next;
	s->nr_inodes--;
	mutex_unlock(&s->table_mu);
}

/* Which of the mount's devices @dev is, 0 for the first; past the last they share a number. */
static u64 dev_index_locked(struct gofer_super *s, u64 dev)
{
	u32 i;

	for (i = 0; i < DEVS_MAX - 1; i++) {
		if (!s->devs[i])
			s->devs[i] = dev;
		if (s->devs[i] == dev)
			break;
	}
	return i;
}

static u64 ino_locked(struct gofer_super *s, u64 dev, u64 ino)
{
	return ino ^ dev_index_locked(s, dev) << DEV_SHIFT;
}

u64 gs_ino(struct gofer_super *s, u64 dev, u64 ino)
{
	u64 ret;

	mutex_lock(&s->table_mu);
	ret = ino_locked(s, dev, ino);
	mutex_unlock(&s->table_mu);
	return ret;
}

static struct gofer_inode *gi_alloc(struct gofer_super *s, u32 handle,
				    const struct gofer_attr *attr)
{
	struct gofer_inode *gi = kzalloc(sizeof(*gi));

	if (!gi)
		return NULL;
	inode_init(&gi->inode, &s->super, &gofer_inode_ops, gs_ino(s, attr->dev, attr->ino),
		   attr->mode);
	gi->inode.rdev = attr->rdev;
	gi->inode.flags = s->shared ? 0 : INODE_LINK_STABLE;
	gi->handle = handle;
	gi->dev = attr->dev;
	gi->ino = attr->ino;
	gi->btime = attr->btime;
	gi->empty = attr->flags & GOFER_ATTR_VOID;
	gi->no_btime = !(attr->flags & GOFER_ATTR_BTIME);
	gi->no_xattrs = attr->flags & GOFER_ATTR_PLAIN && s->frozen;
	mutex_init(&gi->open_mu, LOCK_GOFER);
	gi->ro = HOSTFD_NONE;
	gi->rw = HOSTFD_NONE;
	gi->old = HOSTFD_NONE;
	list_init(&gi->idle);
	list_init(&gi->ahead);
	return gi;
}

/* Returns its parent, whose reference is the caller's now, or NULL. */
static struct gofer_inode *gi_free(struct gofer_inode *gi)
{
	struct gofer_inode *parent = gi->parent;

	inode_fini(&gi->inode);
	kfree(gi->name);
	kfree(gi);
	return parent;
}

/* One that no table has. */
static void gi_discard(struct gofer_inode *gi)
{
	struct gofer_inode *parent = gi_free(gi);

	if (parent)
		inode_put(&parent->inode);
}

/* Let @gi be the inode of its file, or take the one there is instead; consumes @gi. */
static int enter(struct gofer_super *s, struct gofer_inode *gi, const struct gofer_attr *attr,
		 struct inode **ret)
{
	struct gofer_inode *there;
	u32 handle = gi->handle;

	mutex_lock(&s->table_mu);
	there = find_locked(s, attr);
	if (!there)
		insert_locked(s, gi);
	mutex_unlock(&s->table_mu);
	if (!there) {
		gi_update(gi, attr);
		*ret = &gi->inode;
		return 0;
	}

	gi_discard(gi);
	if (handle)
		gofer_client_drop(s->c, handle);
	/* The type of a file never changes; a gofer that says so lies. */
	if ((inode_mode(&there->inode) ^ attr->mode) & S_IFMT) {
		inode_put(&there->inode);
		return -EIO;
	}
	if (s->shared)
		gi_update(there, attr);
	if (s->frozen && attr->flags & GOFER_ATTR_PLAIN)
		__atomic_store_n(&there->no_xattrs, true, __ATOMIC_RELAXED);
	*ret = &there->inode;
	return 0;
}

int gi_obtain(struct gofer_super *s, u32 handle, const struct gofer_attr *attr, struct inode **ret)
{
	struct gofer_inode *gi = gi_alloc(s, handle, attr);

	if (!gi) {
		gofer_client_drop(s->c, handle);
		return -ENOMEM;
	}
	return enter(s, gi, attr, ret);
}

int gi_obtain_lazy(struct gofer_inode *dir, const char *name, const struct gofer_attr *attr,
		   struct inode **ret)
{
	struct gofer_super *s = inode_gofer_super(&dir->inode);
	struct gofer_inode *gi = gi_alloc(s, 0, attr);

	if (!gi)
		return -ENOMEM;
	gi->name = kstrdup(name);
	if (!gi->name) {
		gi_discard(gi);
		return -ENOMEM;
	}
	gi->parent = to_gofer_inode(inode_get(&dir->inode));
	return enter(s, gi, attr, ret);
}

/* Nobody has it any more; as gi_free(). */
static struct gofer_inode *gi_end(struct gofer_inode *gi)
{
	struct gofer_super *s = inode_gofer_super(&gi->inode);

	remove_inode(s, gi);
	ahead_drop(gi);
	gi_fds_close(gi);
	if (gi->handle)
		gofer_client_drop(s->c, gi->handle);
	/* Its bytes are the disk's again when the gofer has closed it, and no later. */
	if (gi->handle && inode_is_reg(&gi->inode) && !gi->inode.nlink)
		gofer_client_flush(s->c);
	return gi_free(gi);
}

/* Those above it that only it had go too, in a loop: the way up may be longer than a stack. */
void gi_release(struct inode *inode)
{
	struct gofer_inode *gi = to_gofer_inode(inode);

	do
		gi = gi_end(gi);
	while (gi && ref_put(&gi->inode.ref));
}

void gs_make_room(struct gofer_super *s)
{
	anchors_drain(s);
	dcache_shrink(&s->super);
	gofer_client_flush(s->c);
}
