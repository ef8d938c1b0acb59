/*
 * goferfs: host files, reached through the gofer.
 */
#pragma once
#include "lib/base.h"

struct gofer_client;
struct super;

/*
 * goferfs_create - a super over one of the gofer's mounts
 * @c: must outlive the super
 * @mount: its number, in the order of the spec's mounts that have a host source
 * @super_flags: SUPER_*; SUPER_RDONLY is added when the gofer says so
 *
 * The root may be a regular file (a bind mount of one).  May sleep.
 * Return: 0, -ENOMEM, -EIO, or what the gofer says: -ENOENT, -EACCES.
 */
int goferfs_create(struct gofer_client *c, u32 mount, u32 super_flags, struct super **ret)
	must_check;

/*
 * goferfs_expect - @paths, from the root of @sb, will be looked at soon: ask for them all at once
 * @n: of more than a packet takes, the first
 * @nr_open: the first of them are files that will be opened
 *
 * Only where nobody changes what is there.  May sleep.
 */
void goferfs_expect(struct super *sb, const char *const *paths, u32 n, u32 nr_open);

/* goferfs_ahead_limit - bytes of directory entries that are kept, of one mount; for tests */
extern size_t goferfs_ahead_limit;
