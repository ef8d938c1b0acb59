/* Tables of names (names.h). */
#include "fs/names.h"

#include <string.h>

#include "fs/inode.h"
#include "lib/alloc.h"

#define BUCKETS_FIRST 8

void name_table_init(struct name_table *t)
{
	*t = (struct name_table){.buckets = NULL};
	list_init(&t->names);
}

void name_table_fini(struct name_table *t)
{
	assert(list_empty(&t->names));
	kfree(t->buckets);
	t->buckets = NULL;
	t->nr_buckets = 0;
	t->nr = 0;
}

int name_init(struct name *n, const struct qname *q)
{
	n->str = kmemdup(q->str, q->len);
	if (!n->str)
		return -ENOMEM;
	n->len = q->len;
	n->hash = q->hash;
	list_init(&n->node);
	return 0;
}

void name_fini(struct name *n)
{
	kfree(n->str);
}

static struct name **bucket_of(struct name **buckets, u32 nr, u32 hash)
{
	return &buckets[hash & (nr - 1)];
}

struct name *name_find(const struct name_table *t, const struct qname *q)
{
	struct name *n = t->nr ? *bucket_of(t->buckets, t->nr_buckets, q->hash) : NULL;

	while (n &&
	       !(n->hash == q->hash && n->len == q->len && memcmp(n->str, q->str, q->len) == 0))
		n = n->hash_next;
	return n;
}

static void push(struct name **buckets, u32 nr, struct name *n)
{
	struct name **pp = bucket_of(buckets, nr, n->hash);

	n->hash_next = *pp;
	*pp = n;
}

/* A table that cannot grow still works, but there must be one. */
int name_table_make_room(struct name_table *t)
{
	u32 nr = t->nr_buckets ? t->nr_buckets * 2 : BUCKETS_FIRST;
	struct name **buckets, *n;

	if (t->nr < t->nr_buckets)
		return 0;
	buckets = kcalloc(nr, sizeof(struct name *));
	if (!buckets)
		return t->nr_buckets ? 0 : -ENOMEM;
	list_for_each_entry (n, &t->names, node)
		push(buckets, nr, n);
	kfree(t->buckets);
	t->buckets = buckets;
	t->nr_buckets = nr;
	return 0;
}

void name_add(struct name_table *t, struct name *n)
{
	push(t->buckets, t->nr_buckets, n);
	list_add_tail(&n->node, &t->names);
	t->nr++;
}

void name_remove(struct name_table *t, struct name *n)
{
	struct name **pp = bucket_of(t->buckets, t->nr_buckets, n->hash);

	while (*pp != n)
		pp = &(*pp)->hash_next;
	*pp = n->hash_next;
	list_del(&n->node);
	t->nr--;
}

void name_table_take(struct name_table *t, struct list_head *to)
{
	list_splice_tail(&t->names, to);
	name_table_fini(t);
}
