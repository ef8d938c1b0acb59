/*
 * Handles: what the sentry holds instead of host files
 *
 * A handle is a slot number and the slot's generation, so one that was given
 * back is not taken for its successor.  Each live one is an O_PATH descriptor,
 * which opens nothing: a device or fifo behind it is not touched.
 *
 * File systems that are the host kernel's own interface (proc, sys, ...) are
 * shown as empty directories: the sentry mounts its own there.  A file system
 * ends at a mount point, so only behind one the host is asked what it is.
 */
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/sysmacros.h>

#include "gofer/internal.h"
#include "lib/alloc.h"

#define SLOT_BITS 20
#define SLOT_MASK ((1u << SLOT_BITS) - 1)
#define GEN_MASK  (UINT32_MAX >> SLOT_BITS)

#define NOBODY    65534u

#ifndef MQUEUE_MAGIC
#define MQUEUE_MAGIC 0x19800202
#endif
#ifndef FUSECTL_MAGIC
#define FUSECTL_MAGIC 0x65735543
#endif
#ifndef CONFIGFS_MAGIC
#define CONFIGFS_MAGIC 0x62656570
#endif

static bool magic_hidden(u64 magic)
{
	switch (magic) {
	case PROC_SUPER_MAGIC:
	case SYSFS_MAGIC:
	case DEVPTS_SUPER_MAGIC:
	case CGROUP_SUPER_MAGIC:
	case CGROUP2_SUPER_MAGIC:
	case DEBUGFS_MAGIC:
	case TRACEFS_MAGIC:
	case SECURITYFS_MAGIC:
	case SELINUX_MAGIC:
	case SMACK_MAGIC:
	case PSTOREFS_MAGIC:
	case EFIVARFS_MAGIC:
	case BPF_FS_MAGIC:
	case NSFS_MAGIC:
	case BINFMTFS_MAGIC:
	case RDTGROUP_SUPER_MAGIC:
	case AUTOFS_SUPER_MAGIC:
	case MQUEUE_MAGIC:
	case FUSECTL_MAGIC:
	case CONFIGFS_MAGIC:
		return true;
	}
	return false;
}

struct node *node_get(struct gofer_server *s, u32 handle)
{
	u32 slot = handle & SLOT_MASK;
	struct node *n = &s->nodes[slot];

	if (!slot || slot >= s->size || n->fd < 0 || n->gen != handle >> SLOT_BITS)
		return NULL;
	return n;
}

bool node_rdonly(const struct gofer_server *s, const struct node *n)
{
	return s->table.mounts[n->mount].rdonly || n->empty;
}

int node_dir(struct gofer_server *s, u32 handle, bool change, struct node **ret)
{
	struct node *n = node_get(s, handle);

	if (!n)
		return -EBADF;
	if (n->type != S_IFDIR)
		return -ENOTDIR;
	if (change && node_rdonly(s, n))
		return -EROFS;
	if (n->empty)
		return -ENOENT;
	*ret = n;
	return 0;
}

/* A free slot; the table grows by half until max_handles. */
static int slot_take(struct gofer_server *s, u32 *ret)
{
	u32 i, size;
	struct node *nodes;

	if (s->nr_live >= s->max_handles)
		return -EMFILE;
	if (!s->free) {
		size = min(s->size + s->size / 2 + 64, s->max_handles + 1);
		nodes = krealloc(s->nodes, size * sizeof(*nodes));
		if (!nodes)
			return -ENOMEM;
		s->nodes = nodes;
		for (i = size - 1; i >= max(s->size, 1u); i--) {
			nodes[i] = (struct node){.fd = -1, .next = s->free};
			s->free = i;
		}
		s->size = size;
	}
	*ret = s->free;
	return 0;
}

/* The host's own file systems are told by their type, wherever they are mounted. */
static int node_hidden(int fd, bool *ret)
{
	struct statfs st;
	int err = gsys_fstatfs(fd, &st);

	if (!err)
		*ret = magic_hidden((u64)st.f_type);
	return err;
}

/* A host without openat2, or an outer filter against it, cannot say what was crossed. */
int node_step(const struct node *dir, const char *name, bool *ret_same)
{
	int fd = gsys_walk(dir->fd, name, O_PATH);

	*ret_same = fd != -EXDEV && fd != -ENOSYS && fd != -EPERM;
	return *ret_same ? fd : gsys_step(dir->fd, name);
}

int node_visit(struct gofer_server *s, u32 mount, int fd, bool same, struct node *ret,
	       struct gofer_attr *ret_attr)
{
	struct statx stx;
	bool hidden = false;
	int err;

	err = gsys_statx(fd, &stx);
	if (!err && !same)
		err = node_hidden(fd, &hidden);
	if (err)
		return err;
	/* One file of /proc bound over another: there is no empty form of that. */
	if (hidden && !S_ISDIR(stx.stx_mode))
		return -EACCES;
	*ret = (struct node){
		.fd = fd,
		.mount = mount,
		.type = stx.stx_mode & S_IFMT,
		.empty = hidden,
		.large = S_ISDIR(stx.stx_mode) && stx.stx_size > 4 * GOFER_LOOK_NAMES_MAX,
		.dev = makedev(stx.stx_dev_major, stx.stx_dev_minor),
	};
	attr_from_statx(&s->table.mounts[mount], &stx, ret_attr);
	if (hidden)
		ret_attr->flags |= GOFER_ATTR_VOID;
	return 0;
}

int node_add(struct gofer_server *s, u32 mount, int fd_taken, bool same, u32 *ret_handle,
	     struct gofer_attr *ret_attr)
{
	cleanup_gfd int fd = fd_taken;
	struct node made, *n;
	u32 slot = 0;
	int err = node_visit(s, mount, fd, same, &made, ret_attr);

	if (!err)
		err = slot_take(s, &slot);
	if (err)
		return err;
	n = &s->nodes[slot];
	s->free = n->next;
	s->nr_live++;
	made.gen = n->gen;
	*n = made;
	(void)steal_gfd(&fd);
	*ret_handle = n->gen << SLOT_BITS | slot;
	return 0;
}

void node_drop(struct gofer_server *s, u32 handle)
{
	struct node *n = node_get(s, handle);
	u32 slot = handle & SLOT_MASK;

	if (!n)
		return;
	stream_close(s, handle);
	gsys_close(n->fd);
	n->fd = -1;
	n->gen = (n->gen + 1) & GEN_MASK;
	n->next = s->free;
	s->free = slot;
	s->nr_live--;
}

void node_drop_all(struct gofer_server *s)
{
	u32 i;

	for (i = 1; i < s->size; i++)
		if (s->nodes[i].fd >= 0)
			node_drop(s, s->nodes[i].gen << SLOT_BITS | i);
}

static u32 map_back(bool has, u32 guest, u32 host, u32 id)
{
	if (!has)
		return id;
	return id == host ? guest : NOBODY;
}

static int map_to(bool has, u32 guest, u32 host, u32 id, u32 *ret)
{
	if (has && id != guest)
		return -EINVAL;
	*ret = has ? host : id;
	return 0;
}

int map_uid(const struct gofer_mount *m, u32 guest, u32 *ret)
{
	return map_to(m->has_uid, m->guest_uid, m->host_uid, guest, ret);
}

int map_gid(const struct gofer_mount *m, u32 guest, u32 *ret)
{
	return map_to(m->has_gid, m->guest_gid, m->host_gid, guest, ret);
}

static struct gofer_time to_time(const struct statx_timestamp *t)
{
	return (struct gofer_time){.sec = t->tv_sec, .nsec = t->tv_nsec};
}

void attr_from_statx(const struct gofer_mount *m, const struct statx *stx, struct gofer_attr *ret)
{
	*ret = (struct gofer_attr){
		.dev = makedev(stx->stx_dev_major, stx->stx_dev_minor),
		.ino = stx->stx_ino,
		.rdev = makedev(stx->stx_rdev_major, stx->stx_rdev_minor),
		.size = stx->stx_size,
		.blocks = stx->stx_blocks,
		.mode = stx->stx_mode,
		.nlink = stx->stx_nlink,
		.uid = map_back(m->has_uid, m->guest_uid, m->host_uid, stx->stx_uid),
		.gid = map_back(m->has_gid, m->guest_gid, m->host_gid, stx->stx_gid),
		.blksize = stx->stx_blksize,
		.flags = stx->stx_mask & STATX_BTIME ? GOFER_ATTR_BTIME : 0,
		.atime = to_time(&stx->stx_atime),
		.mtime = to_time(&stx->stx_mtime),
		.ctime = to_time(&stx->stx_ctime),
		.btime = to_time(&stx->stx_btime),
	};
}

int node_attr(struct gofer_server *s, const struct node *n, struct gofer_attr *ret)
{
	struct statx stx;
	int err = gsys_statx(n->fd, &stx);

	if (err)
		return err;
	attr_from_statx(&s->table.mounts[n->mount], &stx, ret);
	if (n->empty)
		ret->flags |= GOFER_ATTR_VOID;
	return 0;
}
