/*
 * overlay: a file system that is only read, under changes kept in memory.
 */
#pragma once
#include "lib/base.h"

struct super;

struct overlay_options {
	u64 max_bytes;   /* what changes may hold; 0: tmpfs_default_bytes */
	u64 max_inodes;  /* names, removed ones included; 0: one for every 4 KiB */
	u32 super_flags; /* SUPER_* of the overlay */
};

/*
 * overlay_create - changes over @lower
 * @lower: made with SUPER_LAYER, used by nobody else; the overlay's from now on,
 *	also when this fails
 *
 * May sleep.  Return: 0, -ENOMEM, or what the lower file system says of its root.
 */
int overlay_create(struct super *lower, const struct overlay_options *opts, struct super **ret)
	must_check;
