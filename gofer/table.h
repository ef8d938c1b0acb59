/*
 * The mount table: what the runtime lets the gofer reach.
 *
 * Made from the sandbox's spec; a mount's index is the number of its descriptor
 * from ROLE_FD_MOUNT0 on, and what the sentry attaches to.
 */
#pragma once
#include "lib/base.h"

struct sandbox_spec;

struct gofer_mount {
	int fd;      /* O_PATH, of the root */
	bool rdonly; /* no change gets through */
	bool shared; /* others may change it meanwhile: the sentry revalidates */

	/* One id of the guest is one of the host's, all others are nobody; as a user namespace. */
	bool has_uid, has_gid;
	u32 guest_uid, host_uid, guest_gid, host_gid;
};

struct gofer_table {
	struct gofer_mount *mounts; /* owned */
	u32 nr;
};

/*
 * gofer_table_create - the mounts of @spec that have a host source
 * @first_fd: where their descriptors begin
 *
 * Return: 0, -ENOMEM, or -EBADF when a descriptor is missing.
 */
int gofer_table_create(const struct sandbox_spec *spec, int first_fd, struct gofer_table *ret)
	must_check;
