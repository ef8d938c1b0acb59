/*
 * What directory reads brought: attributes of names nobody asked for yet, and
 * the entries for who reads the directory again
 *
 * The replies are kept, with a small hash over each, as long as there is room,
 * and answer lookups and reads without a request.  Only on frozen mounts, where
 * they stay true.
 *
 * Who reads a directory is given names; to stat each entry for him would take
 * the gofer longer than all the rest, and mostly for nothing.  Attributes come
 * for many entries at a time once they are asked for in the order of the
 * directory (ls -l), or for several (git status), and with the names of the next
 * directories as long as they are wanted there.
 *
 * Locks: ahead_mu guards the lists, the sum and the counts; dir_mu what was
 * asked for one by one.
 */
#include "fs/goferfs/ahead.h"

#include <dirent.h>
#include <sys/stat.h>

#include "lib/alloc.h"

#define SLOT_EMPTY UINT16_MAX

size_t goferfs_ahead_limit = 32u << 20;

/*
 * Attributes that are asked for one by one before many are, and how many then.
 * A directory counts less: who walks a tree looks at each of them, and no more.
 */
#define SINGLES_MAX     8
#define SINGLE_FILE     4
#define SINGLE_DIR      1
#define SINGLE_UNKNOWN  3 /* of a directory that was not read */
#define BATCH_FIRST     64
#define BATCH_DOUBLINGS 3

/* Bytes of a directory: a larger one is asked for later, up to this. */
#define SMALL_DIR_MAX 4096
#define LARGE_DIR_MAX (1u << 20)

/* Directories that are read with attributes, since those of one before were wanted. */
#define WANT_ATTRS_MAX 8

/* The same of extended attributes: files of a directory that were asked about, requests. */
#define XATTRS_MAX      2
#define WANT_XATTRS_MAX 64

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
	b->unread = true;
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

struct gofer_ahead *ahead_get(struct gofer_inode *dir, u64 cookie, bool *ret_unread)
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
		*ret_unread = found->unread;
		found->unread = false;
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

/* The entry of @name in @b, or NULL; *@ret_off: where the one after it begins. */
static const struct gofer_dirent *block_find(const struct gofer_ahead *b, const struct qname *name,
					     const struct gofer_attr **ret_attr, size_t *ret_off)
{
	u32 i = name->hash & b->mask;
	const char *str;

	for (; b->slots[i] != SLOT_EMPTY; i = (i + 1) & b->mask) {
		size_t off = (size_t)b->slots[i] * 8;
		const struct gofer_dirent *d = gofer_dirent_next(&b->entries, &off, &str, ret_attr);

		if (d->name_len != name->len || memcmp(str, name->str, name->len))
			continue;
		*ret_off = off;
		return d;
	}
	return NULL;
}

/* A later block may have the attributes that an earlier one has not, or say more of them. */
static enum ahead_found find_locked(struct gofer_inode *dir, const struct qname *name,
				    struct gofer_attr *ret)
{
	enum ahead_found found = AHEAD_UNKNOWN;
	struct gofer_ahead *b;

	list_for_each_entry (b, &dir->ahead, of_dir) {
		const struct gofer_attr *attr;
		size_t off;
		const struct gofer_dirent *d = block_find(b, name, &attr, &off);

		if (d && attr) {
			*ret = *attr;
			found = AHEAD_FOUND;
			if (attr->flags & GOFER_ATTR_PLAIN)
				break;
		} else if (d && found == AHEAD_UNKNOWN) {
			found = AHEAD_NAMED;
		} else if (!d && found == AHEAD_UNKNOWN && block_is_all(b)) {
			return AHEAD_ABSENT;
		}
	}
	return found;
}

enum ahead_found ahead_find(struct gofer_inode *dir, const struct qname *name,
			    struct gofer_attr *ret)
{
	struct gofer_super *s = inode_gofer_super(&dir->inode);
	enum ahead_found found;

	mutex_lock(&s->ahead_mu);
	found = find_locked(dir, name, ret);
	if (found == AHEAD_FOUND && dir->attrs_unused) {
		dir->attrs_unused = false;
		s->want_attrs = WANT_ATTRS_MAX;
	}
	mutex_unlock(&s->ahead_mu);
	return found;
}

bool ahead_wants_attrs(struct gofer_super *s)
{
	bool ret;

	mutex_lock(&s->ahead_mu);
	ret = s->want_attrs;
	if (ret)
		s->want_attrs--;
	mutex_unlock(&s->ahead_mu);
	return ret;
}

u32 ahead_xattr_flag(struct gofer_super *s)
{
	bool wanted;

	mutex_lock(&s->ahead_mu);
	wanted = s->want_xattrs;
	if (wanted)
		s->want_xattrs--;
	mutex_unlock(&s->ahead_mu);
	return wanted ? GOFER_READDIR_XATTR : 0;
}

void ahead_xattrs(struct gofer_inode *gi)
{
	struct gofer_super *s = inode_gofer_super(&gi->inode);
	struct gofer_inode *dir = gi->parent;
	cleanup_gofer_call struct gofer_call call;
	struct gofer_readdir_rep rep;

	gofer_call_init(&call);
	/* A file that is open is about to be run. */
	if (__atomic_load_n(&gi->nr_open, __ATOMIC_RELAXED) ||
	    __atomic_add_fetch(&dir->nr_xattrs, 1, __ATOMIC_RELAXED) != XATTRS_MAX)
		return;
	mutex_lock(&s->ahead_mu);
	s->want_xattrs = WANT_XATTRS_MAX;
	mutex_unlock(&s->ahead_mu);
	/* Without it they are asked for one by one. */
	if (gd_ask(dir, 0, GOFER_READDIR_MAX, GOFER_READDIR_ATTR, &call, &rep))
		return;
}

void ahead_watch_attrs(struct gofer_inode *dir)
{
	struct gofer_super *s = inode_gofer_super(&dir->inode);

	mutex_lock(&s->ahead_mu);
	dir->attrs_unused = true;
	mutex_unlock(&s->ahead_mu);
}

/* Where the entry before @off ends, as a cookie: that is where it begins. */
static u64 block_cookie(const struct gofer_ahead *b, const struct gofer_dirent *entry)
{
	const struct gofer_attr *attr;
	const struct gofer_dirent *d;
	u64 cookie = b->cookie;
	const char *str;
	size_t off = 0;

	while ((d = gofer_dirent_next(&b->entries, &off, &str, &attr)) && d != entry)
		cookie = d->next;
	return cookie;
}

/* The cookies of @name's entry and of the one after it, and its type. */
static bool entry_of(struct gofer_inode *dir, const struct qname *name, u64 *ret_at, u64 *ret_next,
		     u8 *ret_type)
{
	struct gofer_super *s = inode_gofer_super(&dir->inode);
	const struct gofer_dirent *d = NULL;
	const struct gofer_attr *attr;
	struct gofer_ahead *b;
	size_t off;

	mutex_lock(&s->ahead_mu);
	list_for_each_entry (b, &dir->ahead, of_dir) {
		d = block_find(b, name, &attr, &off);
		if (!d)
			continue;
		*ret_at = block_cookie(b, d);
		*ret_next = d->next;
		*ret_type = d->type;
		break;
	}
	mutex_unlock(&s->ahead_mu);
	return d;
}

/* To read all of a large directory for a few takes longer than to ask for these. */
static u32 singles_max(const struct gofer_inode *dir)
{
	u64 size = min(inode_size(&dir->inode), (u64)LARGE_DIR_MAX);
	u64 more = size - min(size, (u64)SMALL_DIR_MAX);

	return SINGLES_MAX + (u32)more / DIR_BYTES_A_REQUEST * SINGLE_FILE;
}

bool ahead_batch(struct gofer_inode *dir, const struct qname *name, u64 *ret_cookie, u32 *ret_nr)
{
	struct gofer_super *s = inode_gofer_super(&dir->inode);
	bool in_order = false;
	u64 at, next;
	u8 type;

	if (entry_of(dir, name, &at, &next, &type)) {
		in_order = at == dir->single_next && type != DT_DIR;
		dir->single_next = next;
		dir->singles += type == DT_DIR ? SINGLE_DIR : SINGLE_FILE;
	} else {
		dir->singles += SINGLE_UNKNOWN;
	}
	if (!in_order && (dir->singles < singles_max(dir) || dir->batched_all))
		return false;
	dir->singles = 0;
	*ret_cookie = in_order ? at : dir->batch_cookie;
	*ret_nr = BATCH_FIRST << min(dir->nr_batches, (u32)BATCH_DOUBLINGS);
	if (!in_order)
		return true;
	mutex_lock(&s->ahead_mu);
	s->want_attrs = WANT_ATTRS_MAX;
	mutex_unlock(&s->ahead_mu);
	return true;
}

void ahead_was_dir(struct gofer_inode *dir)
{
	dir->singles -= min(dir->singles, (u32)(SINGLE_UNKNOWN - SINGLE_DIR));
}

void ahead_batched(struct gofer_inode *dir, u64 cookie, const struct gofer_bytes *entries, bool eof)
{
	const struct gofer_attr *attr;
	const struct gofer_dirent *d;
	u64 next = 0;
	const char *str;
	size_t off = 0;

	while ((d = gofer_dirent_next(entries, &off, &str, &attr)))
		next = d->next;
	dir->nr_batches++;
	dir->single_next = next;
	if (cookie != dir->batch_cookie)
		return;
	dir->batch_cookie = next;
	dir->batched_all = eof;
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

		if (d->type != IFTODT(type))
			continue;
		ret[n].ino = d->ino;
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
	const struct qname name = qname_make(gi->name, strlen(gi->name));
	const struct gofer_attr *attr;
	struct gofer_ahead *b;
	bool was_expected;
	size_t off;
	u32 n = 0;

	mutex_lock(&s->ahead_mu);
	list_for_each_entry (b, &dir->ahead, of_dir) {
		if (block_find(b, &name, &attr, &off)) {
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
