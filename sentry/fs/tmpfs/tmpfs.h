/*
 * tmpfs: files in the sentry's memory.
 *
 * Every instance has hard limits: bytes (data in whole pages, link targets,
 * attributes) and names.  Files made here are what memfd_create(2) gives, too.
 */
#pragma once
#include "lib/base.h"

struct file;
struct inode;
struct super;

struct tmpfs_options {
	u64 max_bytes;  /* 0: tmpfs_default_bytes */
	u64 max_inodes; /* 0: one for every 4 KiB of max_bytes */
	u32 mode;       /* of the root, without type */
	u32 uid, gid;
	u32 super_flags; /* SUPER_* */
};

/* The size of an instance that nobody gave one. */
extern u64 tmpfs_default_bytes;

/* What all instances together may hold, so that mounting many gains nothing. */
extern u64 tmpfs_total_bytes;

/*
 * tmpfs_init - the limits, and the type "tmpfs" for mount(2); at start-up
 * @memory: bytes the sandbox may use; an instance gets half by default, as on
 *	Linux, and all together three quarters
 */
void tmpfs_init(u64 memory);

/* tmpfs_create - a new instance, its root made; 0 or -ENOMEM */
int tmpfs_create(const struct tmpfs_options *opts, struct super **ret) must_check;

/* tmpfs_new_file - a regular file without a name (nlink 0), for memfds and layers */
int tmpfs_new_file(struct super *super, u32 mode, struct inode **ret) must_check;

/*
 * For an overlay that keeps its changes within the limits of @super: bytes and
 * names of its own.  false: there is no room.
 */
bool tmpfs_charge(struct super *super, u64 bytes) must_check;
void tmpfs_uncharge(struct super *super, u64 bytes);
bool tmpfs_charge_name(struct super *super) must_check;
void tmpfs_release_name(struct super *super);

bool inode_is_tmpfs_file(const struct inode *inode);

/* Linux 6.3, younger than the headers we may be built with. */
#ifndef F_SEAL_EXEC
#define F_SEAL_EXEC 0x0020 /* the execute bits of the mode stay as they are */
#endif

/*
 * tmpfs_add_seals, tmpfs_get_seals - F_SEAL_* of a memfd
 *
 * -EINVAL: not a file of tmpfs; -EPERM: sealed against it; -EBUSY: mapped writable.
 */
int tmpfs_add_seals(struct inode *inode, u32 seals) must_check;
int tmpfs_get_seals(struct inode *inode) must_check;

/* tmpfs_allow_sealing - MFD_ALLOW_SEALING; before the file is seen */
void tmpfs_allow_sealing(struct inode *inode);
