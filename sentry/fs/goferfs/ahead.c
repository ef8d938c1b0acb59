/*
 * What directory reads brought: attributes of names nobody asked for yet, and
 * the entries for who reads the directory again
 *
 * Programs that read a directory go on to look at its files, and the next
 * program does so too.  The replies are kept, with a small hash over each, as
 * long as there is room, and answer lookups and reads without a request.  Only
 * on frozen mounts, where they stay true.
 *
 * Locks: ahead_mu guards the lists, the sum and the counts.
 */
#include <sys/stat.h>

#include "fs/goferfs/internal.h"
#include "lib/alloc.h"

#define SLOT_EMPTY UINT16_MAX

size_t goferfs_ahead_limit = 32u << 20;

static struct gofer_ahead *block_alloc(const struct gofer_bytes *entries)
{
	const struct gofer_attr *attr;
	const char *name;
	struct gofer_ahead *b;
	size_t off = 0;
	u32 nr = 0, size = 4, i;

	while (gofer_dirent_next(entries, &off, &name, &attr))
		nr++;
	while (size < 2 * nr)
		size *= 2;
	b = kzalloc(sizeof(*b) + size * sizeof(b->slots[0]));
	if (!b)
		return NULL;
	b->entries.p = nr ? kmemdup(entries->p, entries->len) : kzalloc(1);
	if (!b->entries.p) {
		kfree(b);
		return NULL;
	}
	b->entries.len = entries->len;
	b->size = sizeof(*b) + size * sizeof(b->slots[0]) + entries->len;
	b->refs = 1;
	b->mask = size - 1;
	for (i = 0; i < size; i++)
		b->slots[i] = SLOT_EMPTY;
	return b;
}

static void block_free(struct gofer_ahead *b)
{
	kfree((void *)(uintptr_t)b->entries.p);
	kfree(b);
}

static void block_fill(struct gofer_ahead *b)
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

static void unlink_locked(struct gofer_super *s, struct gofer_ahead *b)
{
	list_del(&b->node);
	list_del(&b->of_dir);
	s->ahead_bytes -= b->size;
}

/* One reference less; what is to be freed goes to @gone. */
static void put_locked(struct gofer_ahead *b, struct list_head *gone)
{
	if (--b->refs == 0)
		list_add_tail(&b->node, gone);
}

static void free_all(struct list_head *gone)
{
	struct gofer_ahead *b, *n;

	list_for_each_entry_safe (b, n, gone, node)
		block_free(b);
}

void ahead_add(struct gofer_inode *dir, u64 cookie, const struct gofer_bytes *entries, bool eof)
{
	struct gofer_super *s = inode_gofer_super(&dir->inode);
	struct list_head gone = LIST_HEAD_INIT(gone);
	struct gofer_ahead *b = block_alloc(entries);

	/* Without memory the next one asks himself. */
	if (!b)
		return;
	block_fill(b);
	b->cookie = cookie;
	b->eof = eof;
	mutex_lock(&s->ahead_mu);
	list_add_tail(&b->node, &s->ahead);
	list_add_tail(&b->of_dir, &dir->ahead);
	s->ahead_bytes += b->size;
	while (s->ahead_bytes > goferfs_ahead_limit) {
		struct gofer_ahead *old = list_first_entry(&s->ahead, struct gofer_ahead, node);

		unlink_locked(s, old);
		put_locked(old, &gone);
	}
	mutex_unlock(&s->ahead_mu);
	free_all(&gone);
}

struct gofer_ahead *ahead_get(struct gofer_inode *dir, u64 cookie)
{
	struct gofer_super *s = inode_gofer_super(&dir->inode);
	struct gofer_ahead *b, *found = NULL;

	mutex_lock(&s->ahead_mu);
	list_for_each_entry (b, &dir->ahead, of_dir) {
		if (b->cookie == cookie) {
			found = b;
			break;
		}
	}
	if (found) {
		found->refs++;
		list_move_tail(&found->node, &s->ahead);
	}
	mutex_unlock(&s->ahead_mu);
	return found;
}

void ahead_put(struct gofer_super *s, struct gofer_ahead *b)
{
	struct list_head gone = LIST_HEAD_INIT(gone);

	if (!b)
		return;
	mutex_lock(&s->ahead_mu);
	put_locked(b, &gone);
	mutex_unlock(&s->ahead_mu);
	free_all(&gone);
}

/* Are these all the entries of the directory? */
static bool block_is_all(const struct gofer_ahead *b)
{
	return !b->cookie && b->eof;
}

/* An entry without attributes says nothing. */
static enum ahead_found block_find(const struct gofer_ahead *b, const struct qname *name,
				   struct gofer_attr *ret)
{
	const struct gofer_attr *attr;
	u32 i = name->hash & b->mask;
	const char *str;

	for (; b->slots[i] != SLOT_EMPTY; i = (i + 1) & b->mask) {
		size_t off = (size_t)b->slots[i] * 8;
		const struct gofer_dirent *d = gofer_dirent_next(&b->entries, &off, &str, &attr);

		if (d->name_len != name->len || memcmp(str, name->str, name->len))
			continue;
		if (!attr)
			return AHEAD_UNKNOWN;
		*ret = *attr;
		return AHEAD_FOUND;
	}
	return block_is_all(b) ? AHEAD_ABSENT : AHEAD_UNKNOWN;
}

enum ahead_found ahead_find(struct gofer_inode *dir, const struct qname *name,
			    struct gofer_attr *ret)
{
	struct gofer_super *s = inode_gofer_super(&dir->inode);
	enum ahead_found found = AHEAD_UNKNOWN;
	struct gofer_ahead *b;

	mutex_lock(&s->ahead_mu);
	list_for_each_entry (b, &dir->ahead, of_dir) {
		found = block_find(b, name, ret);
		if (found != AHEAD_UNKNOWN)
			break;
	}
	mutex_unlock(&s->ahead_mu);
	return found;
}

/* Where the entry after that of @gi begins in @b; false: not there. */
static bool block_find_file(const struct gofer_ahead *b, const struct gofer_inode *gi,
			    size_t *ret_next)
{
	struct qname name = qname_make(gi->name, strlen(gi->name));
	const struct gofer_attr *attr;
	u32 i = name.hash & b->mask;
	const char *str;

	for (; b->slots[i] != SLOT_EMPTY; i = (i + 1) & b->mask) {
		size_t off = (size_t)b->slots[i] * 8;
		const struct gofer_dirent *d = gofer_dirent_next(&b->entries, &off, &str, &attr);

		if (d->name_len != name.len || memcmp(str, name.str, name.len))
			continue;
		*ret_next = off;
		return true;
	}
	return false;
}

/* The files of @type in @b from @off on. */
static u32 block_files(const struct gofer_ahead *b, size_t off, u32 type, struct gofer_entry *ret,
		       u32 max)
{
	const struct gofer_dirent *d;
	const struct gofer_attr *attr;
	const char *str;
	u32 n = 0;

	while (n < max && (d = gofer_dirent_next(&b->entries, &off, &str, &attr))) {
		struct qname name = {.str = str, .len = d->name_len};

		if (!attr || (attr->mode & S_IFMT) != type)
			continue;
		ret[n].dev = attr->dev;
		ret[n].ino = attr->ino;
		gofer_name_set(&ret[n++].name, &name);
	}
	return n;
}

bool ahead_follow(struct gofer_inode *gi, struct gofer_entry *ret, u32 max, u32 *ret_n)
{
	struct gofer_super *s = inode_gofer_super(&gi->inode);
	const u32 type = inode_mode(&gi->inode) & S_IFMT;
	struct gofer_inode *dir = gi->parent;
	u64 *expected = type == S_IFDIR ? &dir->expected_dir : &dir->expected_file;
	struct gofer_ahead *b;
	bool was_expected;
	size_t off;
	u32 n = 0;

	mutex_lock(&s->ahead_mu);
	list_for_each_entry (b, &dir->ahead, of_dir) {
		if (block_find_file(b, gi, &off)) {
			n = block_files(b, off, type, ret, max);
			break;
		}
	}
	was_expected = *expected == gi->ino;
	*expected = n ? ret[0].ino : 0;
	mutex_unlock(&s->ahead_mu);
	*ret_n = n;
	return was_expected;
}

u32 ahead_first(struct gofer_inode *dir, struct gofer_entry *ret, u32 max)
{
	struct gofer_super *s = inode_gofer_super(&dir->inode);
	struct gofer_ahead *b;
	u32 n = 0;

	mutex_lock(&s->ahead_mu);
	list_for_each_entry (b, &dir->ahead, of_dir) {
		if (b->cookie)
			continue;
		n = block_files(b, 0, S_IFREG, ret, 1);
		dir->expected_file = n ? ret[0].ino : 0;
		n = block_files(b, 0, S_IFDIR, ret, max);
		dir->expected_dir = n ? ret[0].ino : 0;
		break;
	}
	mutex_unlock(&s->ahead_mu);
	return n;
}

void ahead_drop(struct gofer_inode *dir)
{
	struct gofer_super *s = inode_gofer_super(&dir->inode);
	struct list_head gone = LIST_HEAD_INIT(gone);

	mutex_lock(&s->ahead_mu);
	while (!list_empty(&dir->ahead)) {
		struct gofer_ahead *b = list_first_entry(&dir->ahead, struct gofer_ahead, of_dir);

		unlink_locked(s, b);
		put_locked(b, &gone);
	}
	mutex_unlock(&s->ahead_mu);
	free_all(&gone);
}
