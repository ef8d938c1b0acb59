/*
 * What a sandbox is made of, as the command line tells sentry and gofer.
 *
 * Travels as bytes in a sealed memory file (spec.c).  Every string in it was given by a
 * user or a bundle; the reader checks form and sizes again.
 */
#pragma once
#include <sys/resource.h>

#include "lib/base.h"

enum spec_mount_type {
	SPEC_MOUNT_BIND,    /* a host file or directory */
	SPEC_MOUNT_OVERLAY, /* a host directory, read-only, under a layer in memory */
	SPEC_MOUNT_TMPFS,
	SPEC_MOUNT_PROC,
	SPEC_MOUNT_SYS,
	SPEC_MOUNT_DEV,
	SPEC_MOUNT_DEVPTS,
	SPEC_MOUNT_MQUEUE,
};

struct spec_mount {
	enum spec_mount_type type;
	char *src; /* host path of BIND and OVERLAY; else NULL */
	char *dst; /* absolute guest path; the first mount's is "/" */
	bool read_only, nosuid, nodev, noexec;
	bool shared; /* the host may change it meanwhile: revalidate */
	u64 size; /* TMPFS, and the memory layer of OVERLAY: bytes, 0: half of the memory limit */
	u32 mode; /* TMPFS: of its root */
};

struct sandbox_spec {
	char **args, **env; /* NULL terminated */
	char *cwd;
	char *hostname;
	u32 uid, gid;
	u32 *groups;
	u32 nr_groups;
	u64 caps; /* bounding set of the program */
	u32 umask;
	bool no_new_privs;
	bool detached;     /* outlives the command line; is served on ROLE_FD_LISTEN; waits for its
			      start */
	bool new_session;  /* the program leads a session */
	bool group_leader; /* the program leads a process group */
	struct spec_mount *mounts;
	u32 nr_mounts;
	bool has_rlimit[RLIM_NLIMITS];
	struct rlimit64 rlimit[RLIM_NLIMITS];
	char *platform;   /* NULL: choose */
	bool no_fastpath; /* leave the guest's call sites as they are */
	char *trace;      /* NULL: off; "": all calls; else a list as strace takes it */
	int log_level;    /* enum log_level */
	bool doctor;      /* tell the layers and end */
	bool strict;      /* refuse to run when a layer of isolation cannot be had */
	u64 memory;       /* bytes the sandbox may use, 0: no limit */
};

/* spec_pack - its *@ret_size bytes, freed with kfree(); NULL: no memory */
void *spec_pack(const struct sandbox_spec *s, size_t *ret_size) must_check;

/*
 * spec_unpack - read and check what spec_pack() made
 * @why: on failure a sentence that names the member in error
 *
 * Return: 0, -EINVAL, -ENOMEM.
 */
int spec_unpack(const void *data, size_t size, struct sandbox_spec **ret, char *why,
		size_t why_size) must_check;

/* spec_read - spec_unpack() of the whole of descriptor @fd */
int spec_read(int fd, struct sandbox_spec **ret, char *why, size_t why_size) must_check;

/* spec_add_mount - at the end of the list, strings copied; NULL: no memory */
struct spec_mount *spec_add_mount(struct sandbox_spec *s, enum spec_mount_type type,
				  const char *src, const char *dst) must_check;

void spec_free(struct sandbox_spec *s);

/* strv_free - a list of strings that ends with NULL, and the strings; NULL is fine */
void strv_free(char **v);
