/*
 * What the files of tmpfs share.
 *
 *	struct tmpfs ---- quota
 *	tmpfs_dir  --entries (counted)--> tmpfs_inode
 *	tmpfs_file --data
 */
#pragma once
#include "fs/inode.h"
#include "fs/names.h"
#include "fs/super.h"
#include "fs/tmpfs/tmpfs.h"
#include "lib/base.h"
#include "lib/list.h"

struct iov_iter;

struct quota {
	u64 max_bytes, max_inodes; /* changed by remount only; atomic */
	u64 bytes, inodes;         /* atomic: used */
};

/* quota_charge - @n more bytes; false: there is no room */
bool quota_charge(struct quota *q, u64 n) must_check;
void quota_release(struct quota *q, u64 n);
bool quota_charge_inode(struct quota *q) must_check;
void quota_release_inode(struct quota *q);

struct tmpfs {
	struct super super;
	struct quota quota;
	struct inode *root; /* counted; NULL after shutdown */
	u32 mode;           /* of the root, for show_options; immutable */
};

struct tmpfs_inode {
	struct inode inode;
	struct list_head xattrs; /* guarded by inode.mu */
};

/*
 * The bytes of a regular file.  Small ones stand in the heap, with a bit for each
 * page that was written; bigger ones, and all that are mapped, in a memory file.
 *
 * In a memory file [0, dense) is allocated and mapped into the sentry, what is
 * beyond is read as zeros unless far is set: then single pages may stand there
 * and the host is asked.  Only the sentry changes its size, so the mapping never
 * faults beyond the end.
 *
 * Guarded by the inode's mu.
 */
#define DATA_HEAP_MAX (64ul * 1024)

struct data {
	struct quota *quota; /* immutable */
	u8 *heap;            /* NULL: empty, or in fd */
	size_t heap_cap;
	u32 heap_pages; /* bit n: page n was written */

	hostfd_t fd; /* HOSTFD_NONE: in the heap */
	u8 *map;     /* [map_len] of fd, from 0 */
	size_t map_len;
	u64 cap;     /* size of fd, whole pages: at least the file's */
	u64 dense;   /* whole pages */
	u64 charged; /* bytes taken from quota */
	bool far;
	bool mapped;   /* by a guest, once: cap is exact and all of it charged */
	bool sealable; /* fd is, or will be, made with MFD_ALLOW_SEALING */
};

void data_init(struct data *d, struct quota *q);
void data_fini(struct data *d);

/* data_read, data_write - [*pos, ...); @size is the file's.  Bytes, or -errno for none. */
ssize_t data_read(struct data *d, struct iov_iter *dst, u64 pos, u64 size) must_check;
ssize_t data_write(struct data *d, struct iov_iter *src, u64 pos, u64 size) must_check;
int data_truncate(struct data *d, u64 size, u64 new_size) must_check;
int data_punch(struct data *d, u64 off, u64 len, u64 size) must_check;

/* data_reserve - have pages for [off, off + len); the file is or becomes @size long */
int data_reserve(struct data *d, u64 off, u64 len, u64 size) must_check;
off_t data_seek(struct data *d, u64 off, int whence, u64 size) must_check;

/* data_map - the memory file, sized and charged for being mapped by a guest */
int data_map(struct data *d, u64 size, hostfd_t *ret) must_check;
int data_promote(struct data *d, u64 size) must_check;

/* data_trim - give back what was allocated ahead; a writer has closed */
void data_trim(struct data *d, u64 size);

/* data_unmap_self - drop the sentry's own mapping (seals) */
void data_unmap_self(struct data *d);

/* data_blocks - of 512 bytes */
u64 data_blocks(struct data *d, u64 size) must_check;

struct tmpfs_file {
	struct tmpfs_inode base;
	struct data data; /* guarded by inode.mu */
	u32 seals;        /* guarded by inode.mu */
};

struct tmpfs_entry {
	struct name name;    /* first; the order of names is that of cookies */
	off_t cookie;        /* its position in the directory, never used twice */
	struct inode *inode; /* counted */
};

struct tmpfs_dir {
	struct tmpfs_inode base;

	/* guarded by inode.dir_mu */
	struct name_table entries;
	off_t next_cookie;
	u64 parent_ino;
};

static inline struct tmpfs_entry *to_tmpfs_entry(struct name *n)
{
	return container_of(n, struct tmpfs_entry, name);
}

static inline struct tmpfs *to_tmpfs(struct super *super)
{
	return container_of(super, struct tmpfs, super);
}

static inline struct tmpfs_inode *to_tmpfs_inode(struct inode *inode)
{
	return container_of(inode, struct tmpfs_inode, inode);
}

static inline struct tmpfs_file *to_tmpfs_file(struct inode *inode)
{
	return container_of(inode, struct tmpfs_file, base.inode);
}

static inline struct tmpfs_dir *to_tmpfs_dir(struct inode *inode)
{
	return container_of(inode, struct tmpfs_dir, base.inode);
}

static inline struct quota *quota_of(struct inode *inode)
{
	return &to_tmpfs(inode->super)->quota;
}

extern const struct inode_ops tmpfs_dir_ops;
extern const struct inode_ops tmpfs_file_ops;
extern const struct inode_ops tmpfs_node_ops; /* symlinks, fifos, sockets, devices */

/* tmpfs_inode_create - an inode of any type, nlink as its type starts; -ENOSPC, -ENOMEM */
int tmpfs_inode_create(struct super *super, const struct inode_new *what, struct inode **ret)
	must_check;

/* tmpfs_xattr_* - for the ops tables; tmpfs_xattrs_free for release */
ssize_t tmpfs_getxattr(struct inode *inode, const char *name, void *buf, size_t size);
int tmpfs_setxattr(struct inode *inode, const char *name, const void *value, size_t size,
		   int flags);
ssize_t tmpfs_listxattr(struct inode *inode, char *buf, size_t size);
void tmpfs_xattrs_free(struct inode *inode);

int tmpfs_setattr(struct inode *inode, const struct iattr *attr);
void tmpfs_release(struct inode *inode);
