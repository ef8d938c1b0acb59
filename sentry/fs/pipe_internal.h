/* What pipe.c and pipe_fs.c share. */
#pragma once
#include "fs/file.h"
#include "lib/list.h"
#include "lib/mutex.h"
#include "lib/waitq.h"

struct inode;

struct pipe_slot {
	u8 *page;
	u32 off, len; /* what is left of it */
	bool packet;  /* not joined by other writes; what a read leaves is dropped */
};

struct pipe {
	u32 nr_files;  /* guarded by inode->mu */
	bool nameless; /* immutable: not a fifo */

	struct mutex mu;         /* LOCK_PIPE; guards all below */
	struct pipe_slot *slots; /* [nr_slots] */
	u32 nr_slots;            /* a power of two */
	u32 head, tail;          /* free-running: used from tail to head */
	u32 nr_readers, nr_writers;
	u32 reader_opens, writer_opens; /* ever; fifo opens wait for them to change */
	u32 nr_async;                   /* files with O_ASYNC */
	u8 *spare;                      /* a page kept for the next write, or NULL */
	struct list_head files;         /* pipe_file.node */
	struct waitq wq;                /* every file's wq */
};

struct pipe_file {
	struct file file;      /* base; pipe_release() frees the whole */
	struct pipe *pipe;     /* immutable; counted in nr_files */
	struct list_head node; /* pipe->mu */
	u32 writers_seen;      /* immutable once open: writer_opens of a reader that was first */
};

extern const struct file_ops pipe_file_ops;

/* pipe_alloc - an empty one without files.  0, -ENFILE, -ENOMEM. */
int pipe_alloc(struct pipe **ret) must_check;

/* pipe_put - one file less; the last frees it */
void pipe_put(struct inode *inode, struct pipe *p);
