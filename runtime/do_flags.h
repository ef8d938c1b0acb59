/*
 * The flags of `bailey do`, and the specification they become.
 */
#pragma once
#include "lib/spec.h"

#define DO_LIST_MAX 512

struct do_flags {
	const char *rootfs;
	const char *cwd; /* NULL: the present one */
	bool overlay, env_all, help;
	const char *envs[DO_LIST_MAX];
	size_t nr_envs;
	const char *volumes[DO_LIST_MAX]; /* SRC:DST[:ro|rw] */
	size_t nr_volumes;
};

/* do_parse - fill @f and what goes straight into @spec; 0 or an exit status after a message */
int do_parse(int argc, char **argv, struct do_flags *f, struct sandbox_spec *spec) must_check;

/* do_add_mounts - root, kernel file systems and volumes; 0 or an exit status after a message */
int do_add_mounts(struct sandbox_spec *spec, const struct do_flags *f) must_check;
