/*
 * A table of names: what a directory that lives in memory is made of.
 *
 * Found by hash, listed in the order they came.  An entry embeds its name first
 * in its struct and is the owner's to make and to free.
 *
 * Locks: the owner's, for all of it.
 */
#pragma once
#include "lib/base.h"
#include "lib/list.h"

struct qname;

struct name {
	char *str; /* not terminated; immutable */
	u32 len, hash;
	struct name *hash_next;
	struct list_head node; /* in the order of arrival */
};

struct name_table {
	struct name **buckets; /* NULL while nothing was ever added */
	u32 nr_buckets, nr;
	struct list_head names;
};

void name_table_init(struct name_table *t);

/* name_table_fini - free what the table itself holds; its names are gone or moved on */
void name_table_fini(struct name_table *t);

/* name_init - a copy of @q; 0, -ENOMEM.  name_fini gives it back. */
int name_init(struct name *n, const struct qname *q) must_check;
void name_fini(struct name *n);

struct name *name_find(const struct name_table *t, const struct qname *q);

/* name_table_make_room - before name_add(), which cannot fail then; 0, -ENOMEM */
int name_table_make_room(struct name_table *t) must_check;
void name_add(struct name_table *t, struct name *n);
void name_remove(struct name_table *t, struct name *n);

/* name_table_take - all names go to the end of @to; the table is empty then */
void name_table_take(struct name_table *t, struct list_head *to);
