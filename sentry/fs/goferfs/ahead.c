/*
 * What directory reads brought ahead: attributes of names nobody asked for yet
 *
 * Programs that read a directory go on to look at its files.  The entries of
 * the last few replies are kept, with a small hash over each, and answer those
 * lookups without a request.  Only on frozen mounts, where they stay true.
 *
 * Locks: ahead_mu.
 */
#include "fs/goferfs/internal.h"
#include "lib/alloc.h"

/* Replies that are kept, of at most GOFER_READDIR_MAX bytes each. */
#define BLOCKS_MAX 16

#define SLOT_EMPTY UINT16_MAX

/* One reply.  On the super's list until a newer one takes its place. */
struct block {
	struct list_head node;
	struct gofer_inode *dir;    /* weak: ahead_drop() comes before it goes */
	struct gofer_bytes entries; /* owned copy */
	u32 mask;                   /* size of slots - 1 */
	u16 slots[];                /* offset / 8 of an entry, by hash, next free one after */
};

static struct block *block_alloc(const struct gofer_bytes *entries)
{
	const struct gofer_attr *attr;
	const char *name;
	struct block *b;
	size_t off = 0;
	u32 nr = 0, size = 4, i;

	while (gofer_dirent_next(entries, &off, &name, &attr))
		nr++;
	while (size < 2 * nr)
		size *= 2;
	b = nr ? kzalloc(sizeof(*b) + size * sizeof(b->slots[0])) : NULL;
	if (!b)
		return NULL;
	b->entries.p = kmemdup(entries->p, entries->len);
	if (!b->entries.p) {
		kfree(b);
		return NULL;
	}
	b->entries.len = entries->len;
	b->mask = size - 1;
	for (i = 0; i < size; i++)
		b->slots[i] = SLOT_EMPTY;
	return b;
}

static void block_free(struct block *b)
{
	kfree((void *)(uintptr_t)b->entries.p);
	kfree(b);
}

static void block_fill(struct block *b)
{
	const struct gofer_dirent *d;
	const struct gofer_attr *attr;
	const char *name;
	size_t off = 0, at = 0;

	for (; (d = gofer_dirent_next(&b->entries, &off, &name, &attr)); at = off) {
		struct qname q = qname_make(name, d->name_len);
		u32 i = q.hash & b->mask;

		while (b->slots[i] != SLOT_EMPTY)
			i = (i + 1) & b->mask;
		b->slots[i] = (u16)(at / 8);
	}
}

void ahead_add(struct gofer_inode *dir, const struct gofer_bytes *entries)
{
	struct gofer_super *s = inode_gofer_super(&dir->inode);
	struct block *b = block_alloc(entries), *old = NULL;

	/* Without memory the lookups ask for themselves. */
	if (!b)
		return;
	block_fill(b);
	b->dir = dir;
	mutex_lock(&s->ahead_mu);
	list_add_tail(&b->node, &s->ahead);
	if (++s->nr_ahead > BLOCKS_MAX) {
		old = list_first_entry(&s->ahead, struct block, node);
		list_del(&old->node);
		s->nr_ahead--;
	}
	mutex_unlock(&s->ahead_mu);
	if (old)
		block_free(old);
}

/* False: not in this block.  An entry without attributes is as good as none. */
static bool block_find(const struct block *b, const struct qname *name, struct gofer_attr *ret)
{
	const struct gofer_attr *attr;
	u32 i = name->hash & b->mask;
	const char *str;

	for (; b->slots[i] != SLOT_EMPTY; i = (i + 1) & b->mask) {
		size_t off = (size_t)b->slots[i] * 8;
		const struct gofer_dirent *d = gofer_dirent_next(&b->entries, &off, &str, &attr);

		if (d->name_len != name->len || memcmp(str, name->str, name->len))
			continue;
		if (attr)
			*ret = *attr;
		return attr;
	}
	return false;
}

bool ahead_find(struct gofer_inode *dir, const struct qname *name, struct gofer_attr *ret)
{
	struct gofer_super *s = inode_gofer_super(&dir->inode);
	bool found = false;
	struct block *b;

	mutex_lock(&s->ahead_mu);
	list_for_each_entry (b, &s->ahead, node) {
		if (b->dir == dir && block_find(b, name, ret)) {
			found = true;
			break;
		}
	}
	mutex_unlock(&s->ahead_mu);
	return found;
}

void ahead_drop(struct gofer_inode *dir)
{
	struct gofer_super *s = inode_gofer_super(&dir->inode);
	struct list_head gone = LIST_HEAD_INIT(gone);
	struct block *b, *n;

	mutex_lock(&s->ahead_mu);
	list_for_each_entry_safe (b, n, &s->ahead, node) {
		if (b->dir != dir)
			continue;
		list_move_tail(&b->node, &gone);
		s->nr_ahead--;
	}
	mutex_unlock(&s->ahead_mu);
	list_for_each_entry_safe (b, n, &gone, node) {
		list_del(&b->node);
		block_free(b);
	}
}
