/*
 * What the files of the server share: nodes, handles, directory streams.
 */
#pragma once
#include <sys/stat.h>

#include "gen/gofer_serve.h"
#include "gofer/server.h"
#include "gofer/sys.h"
#include "gofer/table.h"
#include "gofer/wire.h"
#include "lib/base.h"

/* Directories that are open for reading at one time; the least used one makes room. */
#define STREAMS_MAX 16

/* What a handle stands for: a file under one of the roots. */
struct node {
	int fd;     /* O_PATH; -1: the slot is free */
	u32 mount;  /* index in the table */
	u32 type;   /* S_IFMT bits */
	u32 gen;    /* counts uses of the slot, so that a stale handle is found out */
	u32 next;   /* free slots: index of the next one, 0 for none */
	bool empty; /* a directory of a file system that is not shown: has no entries */
	bool large; /* a directory whose names are too many for the reply to a look */
	u64 dev;
};

struct stream {
	u32 handle; /* 0: unused */
	int fd;
	u64 pos;  /* where the next getdents begins, as a cookie */
	u64 used; /* clock of the last use */
};

struct gofer_server {
	struct gofer_table table;
	struct node *nodes; /* [size]; slot 0 is never used */
	u32 size, max_handles, nr_live;
	u32 free; /* first free slot, 0 for none */
	struct stream streams[STREAMS_MAX];
	u64 clock;

	/* Of the packet being answered: replies that were not sent yet, and room for one more. */
	u8 rx[GOFER_MSG_MAX] __attribute__((aligned(8)));
	u8 tx[2 * GOFER_MSG_MAX] __attribute__((aligned(8)));
	size_t tx_used;
	int tx_fds[GOFER_PACKET_MAX];
	u32 tx_nr_fds, tx_nr;

	/* Of the message being answered. */
	u8 scratch[GOFER_XATTR_MAX] __attribute__((aligned(8)));
	u8 texts[GOFER_TEXTS_MAX] __attribute__((aligned(8)));
	u8 dents[32768] __attribute__((aligned(8)));
	char path[GOFER_WALK_MAX * (GOFER_NAME_MAX + 1)];
};

/* node_get - what @handle stands for, or NULL: -EBADF */
struct node *node_get(struct gofer_server *s, u32 handle);

/*
 * node_dir - as node_get, for a directory whose entries are asked for
 * @change: they are to be changed
 *
 * Return: 0, -EBADF, -ENOTDIR, -EROFS; -ENOENT (-EROFS if @change) in one that
 * is shown empty.
 */
int node_dir(struct gofer_server *s, u32 handle, bool change, struct node **ret) must_check;

/*
 * node_step - an O_PATH descriptor of @name in the directory @dir
 * @ret_same: no mount point was crossed, so what is there is shown as @dir is
 *
 * Return: the descriptor or -errno.
 */
int node_step(const struct node *dir, const char *name, bool *ret_same) must_check;

/*
 * node_add - give out a handle for @fd, an O_PATH descriptor; consumed in any case
 * @same: it is on the mount of a directory that is shown
 *
 * Return: 0, -EMFILE when all handles are out, -ENOMEM, or what statx says.
 */
int node_add(struct gofer_server *s, u32 mount, int fd, bool same, u32 *ret_handle,
	     struct gofer_attr *ret_attr) must_check;
void node_drop(struct gofer_server *s, u32 handle);
void node_drop_all(struct gofer_server *s);

/* node_attr - attributes now, ids as the guest sees them */
int node_attr(struct gofer_server *s, const struct node *n, struct gofer_attr *ret) must_check;

/* attr_from_statx - the same from what statx said */
void attr_from_statx(const struct gofer_mount *m, const struct statx *stx, struct gofer_attr *ret);

/*
 * node_visit - as node_add, without a handle: the caller has the descriptor
 * @ret: what is there; its fd is @fd
 */
int node_visit(struct gofer_server *s, u32 mount, int fd, bool same, struct node *ret,
	       struct gofer_attr *ret_attr) must_check;

/* node_rdonly - -EROFS is due */
bool node_rdonly(const struct gofer_server *s, const struct node *n);

/* map_uid, map_gid - the host's id of a guest's; -EINVAL for one that has none */
int map_uid(const struct gofer_mount *m, u32 guest, u32 *ret) must_check;
int map_gid(const struct gofer_mount *m, u32 guest, u32 *ret) must_check;

/*
 * path_visit - what @names lead to below @handle
 *
 * Return: 0 with a node whose fd is the caller's to close, or as a walk fails.
 */
int path_visit(struct gofer_server *s, u32 handle, const struct gofer_names *names,
	       struct node *ret, struct gofer_attr *ret_attr) must_check;

/* path_visit_dir - as path_visit, to a directory; *@ret_open: the fd is open for reading it */
int path_visit_dir(struct gofer_server *s, u32 handle, const struct gofer_names *names,
		   struct node *ret, struct gofer_attr *ret_attr, bool *ret_open) must_check;

/*
 * node_readlink - the target of the symlink @n, in s->scratch; its length or -errno
 */
ssize_t node_readlink(struct gofer_server *s, const struct node *n) must_check;

/* file_open - open the regular file @n as @flags say; the descriptor or -errno */
int file_open(const struct gofer_server *s, const struct node *n, u32 flags) must_check;

/*
 * dir_list - entries of the directory @n from @cookie on, in s->scratch
 * @size: bytes of them at most
 * @flags: GOFER_READDIR_*
 */
int dir_list(struct gofer_server *s, const struct node *n, u64 cookie, u32 size, u32 flags,
	     struct gofer_readdir_rep *ret) must_check;

/* stream_get - the open directory of @handle at @cookie, or -errno; stream_close forgets it */
int stream_get(struct gofer_server *s, const struct node *dir, u32 handle, u64 cookie,
	       struct stream **ret) must_check;
void stream_close(struct gofer_server *s, u32 handle);

static inline void gfd_cleanup(int *fd)
{
	gsys_close(*fd);
}

#define cleanup_gfd __attribute__((cleanup(gfd_cleanup)))

static inline int steal_gfd(int *fd)
{
	int v = *fd;

	*fd = -1;
	return v;
}
