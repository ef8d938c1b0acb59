/*
 * The dentry cache (dentry.h).
 *
 * One hash table a super, keyed by parent and name, which doubles as it fills.
 * All hashed dentries stand on a ring; when there are more than dcache_limit,
 * the hand goes round, spares those used since its last visit, and evicts those
 * that nobody but the cache holds.
 *
 * Locks: dcache->mu for everything.  References are dropped after it.
 */
#include "fs/dentry.h"

#include <string.h>
#include <sys/auxv.h>

#include "fs/dcache.h"
#include "fs/fsnotify.h"
#include "fs/still.h"
#include "fs/super.h"
#include "lib/alloc.h"

#define BUCKETS_FIRST 64
#define TRIM_BATCH    64

size_t dcache_limit = 32768;

/*
 * Eight bytes a round.  Seeded from the random bytes of the auxiliary vector,
 * so that a guest cannot choose names that fall into one bucket.
 */
struct qname qname_make(const char *str, size_t len)
{
	static u64 seed;
	u64 h, w;
	size_t i;

	if (unlikely(!seed)) {
		const void *r = (const void *)(uintptr_t)getauxval(AT_RANDOM);

		memcpy(&seed, r, sizeof(seed));
		seed |= 1;
	}
	h = seed ^ len;
	for (i = 0; i + 8 <= len; i += 8) {
		memcpy(&w, str + i, 8);
		h = (h ^ w) * 0x9e3779b97f4a7c15ull;
		h ^= h >> 32;
	}
	if (i < len) {
		w = 0;
		memcpy(&w, str + i, len - i);
		h = (h ^ w) * 0x9e3779b97f4a7c15ull;
		h ^= h >> 32;
	}
	h *= 0xff51afd7ed558ccdull;
	return (struct qname){.str = str, .len = (u32)len, .hash = (u32)(h >> 32)};
}

static struct dentry **bucket_locked(struct dcache *dc, const struct dentry *parent, u32 hash)
{
	u64 p = (u64)(uintptr_t)parent >> 6;

	return &dc->buckets[(hash ^ (u32)(p * 0x9e3779b9u)) & (dc->nr_buckets - 1)];
}

int dcache_create(struct dcache **ret)
{
	struct dcache *dc = kzalloc(sizeof(*dc));

	if (!dc)
		return -ENOMEM;
	mutex_init(&dc->mu, LOCK_DCACHE);
	list_init(&dc->ring);
	dc->nr_buckets = BUCKETS_FIRST;
	dc->buckets = kcalloc(dc->nr_buckets, sizeof(*dc->buckets));
	if (!dc->buckets) {
		kfree(dc);
		return -ENOMEM;
	}
	*ret = dc;
	return 0;
}

void dcache_destroy(struct dcache *dc)
{
	if (!dc)
		return;
	assert(dc->nr == 0);
	kfree(dc->buckets);
	kfree(dc);
}

/* A table that cannot grow still works. */
static void grow_locked(struct dcache *dc)
{
	struct dcache bigger = {.nr_buckets = dc->nr_buckets * 2};
	struct dentry *d, *next, **pp;

	bigger.buckets = kcalloc(bigger.nr_buckets, sizeof(*bigger.buckets));
	if (!bigger.buckets)
		return;
	for (u32 i = 0; i < dc->nr_buckets; i++) {
		for (d = dc->buckets[i]; d; d = next) {
			next = d->hash_next;
			pp = bucket_locked(&bigger, d->parent, d->name.hash);
			d->hash_next = *pp;
			*pp = d;
		}
	}
	kfree(dc->buckets);
	dc->buckets = bigger.buckets;
	dc->nr_buckets = bigger.nr_buckets;
}

static void chain_locked(struct dcache *dc, struct dentry *d)
{
	struct dentry **pp = bucket_locked(dc, d->parent, d->name.hash);

	d->hash_next = *pp;
	*pp = d;
}

static void unchain_locked(struct dcache *dc, struct dentry *d)
{
	struct dentry **pp = bucket_locked(dc, d->parent, d->name.hash);

	while (*pp != d)
		pp = &(*pp)->hash_next;
	*pp = d->hash_next;
}

/* Into the cache, which counts it. */
static void hash_locked(struct dcache *dc, struct dentry *d)
{
	if (dc->nr >= dc->nr_buckets)
		grow_locked(dc);
	chain_locked(dc, d);
	list_add_tail(&d->ring, &dc->ring);
	d->flags |= DENTRY_HASHED;
	ref_get(&d->ref);
	__atomic_store_n(&dc->nr, dc->nr + 1, __ATOMIC_RELAXED);
}

/* Out of the cache; true: the caller has its reference to drop after unlocking. */
static bool unhash_locked(struct dcache *dc, struct dentry *d)
{
	if (!(d->flags & DENTRY_HASHED))
		return false;
	unchain_locked(dc, d);
	list_del(&d->ring);
	d->flags &= ~DENTRY_HASHED;
	__atomic_store_n(&dc->nr, dc->nr - 1, __ATOMIC_RELAXED);
	return true;
}

struct dentry *dcache_find_locked(struct dcache *dc, const struct dentry *parent,
				  const struct qname *name) NO_TSA
{
	struct dentry *d = *bucket_locked(dc, parent, name->hash);

	while (d && !(d->name.hash == name->hash && d->parent == parent &&
		      d->name.len == name->len && memcmp(d->name.str, name->str, name->len) == 0))
		d = d->hash_next;
	if (d)
		d->flags |= DENTRY_REFERENCED;
	return d;
}

struct dentry *dentry_get(struct dentry *d)
{
	ref_get(&d->ref);
	return d;
}

static void name_free(struct dentry *d)
{
	if (d->name.str != d->inline_name)
		kfree((void *)(uintptr_t)d->name.str);
}

void dentry_put(struct dentry *d)
{
	while (d && ref_put(&d->ref)) {
		struct dentry *parent = d->parent == d ? NULL : d->parent;
		struct inode *inode = d->inode;
		struct dcache *dc = d->super->dcache;

		if (parent) {
			mutex_lock(&dc->mu);
			list_del(&d->sibling);
			mutex_unlock(&dc->mu);
		}
		if (inode && d->flags & DENTRY_DELETED && !inode->nlink)
			fsnotify_inode_gone(inode);
		name_free(d);
		kfree(d);
		/* The parent pins the super for the lock above; the inode goes last of its own. */
		if (inode)
			inode_put(inode);
		d = parent;
	}
}

static int dentry_alloc(struct super *super, struct inode *inode, const struct qname *name,
			struct dentry **ret)
{
	struct dentry *d = kzalloc(sizeof(*d));
	char *str;

	if (!d)
		return -ENOMEM;
	str = name->len < sizeof(d->inline_name) ? d->inline_name : kzalloc(name->len + 1);
	if (!str) {
		kfree(d);
		return -ENOMEM;
	}
	memcpy(str, name->str, name->len);
	d->name = (struct qname){.str = str, .len = name->len, .hash = name->hash};
	ref_init(&d->ref);
	d->super = super;
	d->parent = d;
	d->inode = inode ? inode_get(inode) : NULL;
	list_init(&d->ring);
	list_init(&d->children);
	list_init(&d->sibling);
	*ret = d;
	return 0;
}

int super_set_root(struct super *super, struct inode *inode)
{
	struct qname name = qname_make("/", 1);

	return dentry_alloc(super, inode, &name, &super->root);
}

int dentry_create_pseudo(struct inode *inode, const char *name, struct dentry **ret)
{
	struct qname q = {.str = name, .len = (u32)strlen(name)};
	int err = dentry_alloc(inode->super, inode, &q, ret);

	if (!err)
		(*ret)->flags |= DENTRY_PSEUDO;
	return err;
}

int dentry_create_unlinked(struct dentry *parent, struct inode *inode, const char *name,
			   struct dentry **ret)
{
	struct dcache *dc = parent->super->dcache;
	struct qname q = {.str = name, .len = (u32)strlen(name)};
	int err = dentry_alloc(parent->super, inode, &q, ret);

	if (err)
		return err;
	mutex_lock(&dc->mu);
	(*ret)->flags |= DENTRY_DELETED;
	(*ret)->parent = dentry_get(parent);
	list_add_tail(&(*ret)->sibling, &parent->children);
	mutex_unlock(&dc->mu);
	return 0;
}

/* Ask the file system about a cached child; it is forgotten if it says no. */
static int revalidate(struct dentry *parent, const struct qname *name, struct dentry *d)
{
	const struct super_ops *ops = parent->super->ops;
	int valid = ops->revalidate ? ops->revalidate(parent->inode, name, d->inode) : 1;

	if (valid == 0 && d->mounted == 0)
		dentry_invalidate(d);
	else if (valid == 0)
		valid = 1;
	return valid;
}

/* The cached child, counted and true today, or NULL with 0. */
static int lookup_cached(struct dentry *parent, const struct qname *name, struct dentry **ret)
{
	struct dcache *dc = parent->super->dcache;
	struct dentry *d;
	int valid;

	*ret = NULL;
	mutex_lock(&dc->mu);
	d = dcache_find_locked(dc, parent, name);
	if (d)
		dentry_get(d);
	mutex_unlock(&dc->mu);
	if (!d)
		return 0;
	valid = revalidate(parent, name, d);
	if (valid > 0) {
		*ret = d;
		return 0;
	}
	dentry_put(d);
	return valid;
}

/* Put what the file system said into the cache; @parent's dir_mu is held. */
static int cache_answer(struct dentry *parent, const struct qname *name, struct inode *inode,
			struct dentry **ret)
{
	struct dcache *dc = parent->super->dcache;
	int err = dentry_alloc(parent->super, inode, name, ret);

	if (err)
		return err;
	mutex_lock(&dc->mu);
	(*ret)->parent = dentry_get(parent);
	list_add_tail(&(*ret)->sibling, &parent->children);
	hash_locked(dc, *ret);
	mutex_unlock(&dc->mu);
	return 0;
}

void dentry_add_negative(struct dentry *parent, const struct qname *name)
{
	struct dentry *d;

	if (!parent->super->ops->revalidate && !cache_answer(parent, name, NULL, &d))
		dentry_put(d);
}

int dentry_lookup_locked(struct dentry *parent, const struct qname *name, struct dentry **ret)
{
	struct inode *dir = parent->inode;
	cleanup_inode struct inode *inode = NULL;
	int err;

	if (!dir || !inode_is_dir(dir) || !dir->ops->lookup)
		return -ENOTDIR;
	if (name->len > NAME_LEN_MAX)
		return -ENAMETOOLONG;
	err = lookup_cached(parent, name, ret);
	if (err || *ret)
		return err;
	if (dir->flags & INODE_DEAD_DIR)
		return -ENOENT;
	err = dir->ops->lookup(dir, name, &inode);
	if (err)
		return err;
	return cache_answer(parent, name, inode, ret);
}

int dentry_lookup(struct dentry *parent, const struct qname *name, struct dentry **ret)
{
	struct inode *dir = parent->inode;
	int err = lookup_cached(parent, name, ret);

	if (err || *ret)
		return err;
	if (!dir)
		return -ENOTDIR;
	mutex_lock(&dir->dir_mu);
	err = dentry_lookup_locked(parent, name, ret);
	mutex_unlock(&dir->dir_mu);
	dcache_trim(parent->super);
	return err;
}

void dentry_instantiate(struct dentry *d, struct inode *inode)
{
	assert(dentry_is_negative(d));
	__atomic_store_n(&d->inode, inode_get(inode), __ATOMIC_RELEASE);
}

void dentry_invalidate(struct dentry *d)
{
	struct dcache *dc = d->super->dcache;
	bool was;

	mutex_lock(&dc->mu);
	still_broken();
	was = unhash_locked(dc, d);
	mutex_unlock(&dc->mu);
	if (was)
		dentry_put(d);
}

/* Unhash up to TRIM_BATCH children of @d into @ret; how many. */
static size_t take_children_locked(struct dcache *dc, struct dentry *d, struct dentry **ret)
{
	struct dentry *child;
	size_t nr = 0;

	list_for_each_entry (child, &d->children, sibling) {
		if (nr == TRIM_BATCH)
			break;
		if (unhash_locked(dc, child))
			ret[nr++] = child;
	}
	return nr;
}

void dentry_remove(struct dentry *d)
{
	struct dcache *dc = d->super->dcache;
	struct dentry *gone[TRIM_BATCH];
	size_t nr;
	bool was;

	mutex_lock(&dc->mu);
	d->flags |= DENTRY_DELETED;
	was = unhash_locked(dc, d);
	mutex_unlock(&dc->mu);
	if (was)
		dentry_put(d);
	do {
		mutex_lock(&dc->mu);
		nr = take_children_locked(dc, d, gone);
		mutex_unlock(&dc->mu);
		for (size_t i = 0; i < nr; i++)
			dentry_put(gone[i]);
	} while (nr == TRIM_BATCH);
}

static void swap_names_locked(struct dentry *a, struct dentry *b)
{
	char tmp[DENTRY_NAME_INLINE];
	struct qname name = a->name;
	bool a_inline = a->name.str == a->inline_name;
	bool b_inline = b->name.str == b->inline_name;

	memcpy(tmp, a->inline_name, sizeof(tmp));
	memcpy(a->inline_name, b->inline_name, sizeof(tmp));
	memcpy(b->inline_name, tmp, sizeof(tmp));
	a->name = b->name;
	b->name = name;
	if (b_inline)
		a->name.str = a->inline_name;
	if (a_inline)
		b->name.str = b->inline_name;
}

/*
 * Names and parents are swapped in both cases, so nothing is allocated and the
 * removed target keeps a name that d_path can print.
 */
void dentry_move(struct dentry *d, struct dentry *target, bool exchange)
{
	struct dcache *dc = d->super->dcache;
	struct dentry *parent;
	bool d_was, target_was;

	mutex_lock(&dc->mu);
	d_was = unhash_locked(dc, d);
	target_was = unhash_locked(dc, target);
	swap_names_locked(d, target);
	parent = d->parent;
	d->parent = target->parent;
	target->parent = parent;
	list_move_tail(&d->sibling, &d->parent->children);
	list_move_tail(&target->sibling, &parent->children);
	hash_locked(dc, d);
	if (exchange)
		hash_locked(dc, target);
	else
		target->flags |= DENTRY_DELETED;
	mutex_unlock(&dc->mu);
	if (d_was)
		dentry_put(d);
	if (target_was)
		dentry_put(target);
	if (!exchange)
		dentry_remove(target);
}

struct dentry *dentry_parent_get(struct dentry *d)
{
	struct dcache *dc = d->super->dcache;
	struct dentry *parent;

	mutex_lock(&dc->mu);
	parent = dentry_get(d->parent);
	mutex_unlock(&dc->mu);
	return parent;
}

bool dentry_is_below(struct dentry *d, const struct dentry *top)
{
	struct dcache *dc = d->super->dcache;

	mutex_lock(&dc->mu);
	while (d != top && d != d->parent)
		d = d->parent;
	mutex_unlock(&dc->mu);
	return d == top;
}

/* Go once round the ring, or until @nr are taken.  @spare: used ones get a second chance. */
static size_t take_unused_locked(struct dcache *dc, struct dentry **ret, size_t nr, bool spare)
{
	size_t left = dc->nr, taken = 0;

	while (left-- && taken < nr) {
		struct dentry *d = list_first_entry(&dc->ring, struct dentry, ring);

		list_move_tail(&d->ring, &dc->ring);
		if (ref_read(&d->ref) != 1)
			continue;
		if (spare && d->flags & DENTRY_REFERENCED) {
			d->flags &= ~DENTRY_REFERENCED;
			continue;
		}
		unhash_locked(dc, d);
		ret[taken++] = d;
	}
	return taken;
}

static size_t evict(struct dcache *dc, bool spare)
{
	struct dentry *gone[TRIM_BATCH];
	size_t nr;

	mutex_lock(&dc->mu);
	nr = take_unused_locked(dc, gone, TRIM_BATCH, spare);
	mutex_unlock(&dc->mu);
	for (size_t i = 0; i < nr; i++)
		dentry_put(gone[i]);
	return nr;
}

void dcache_trim(struct super *super)
{
	struct dcache *dc = super->dcache;

	if (likely(__atomic_load_n(&dc->nr, __ATOMIC_RELAXED) <= dcache_limit))
		return;
	if (!evict(dc, true))
		evict(dc, false);
}

size_t dcache_shrink(struct super *super)
{
	size_t nr, total = 0;

	do {
		nr = evict(super->dcache, false);
		total += nr;
	} while (nr);
	return total;
}
