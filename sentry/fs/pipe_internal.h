/* What pipe.c and pipe_fs.c share. */
#pragma once
#include "fs/file.h"
#include "lib/list.h"
#include "lib/mutex.h"
#include "lib/waitq.h"

struct inode;

/*
 * Pages in a row that one write filled.  The slots that have one stand in a row
 * too, so of all runs in a ring at most the first is partly used up, and one more
 * may be the spare, longer than what is in it.
 */
struct pipe_run {
	u32 refs;     /* slots that have a page of it; guarded by pipe->mu */
	u32 nr_pages; /* immutable */
	u8 data[] bytes_aligned;
};

#define PIPE_RUN_MAX 16u

struct pipe_slot {
	struct pipe_run *run;
	u8 *page;     /* in run */
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
	u32 reserved;            /* slots that a splice is filling outside the ring */
	bool tail_taken;         /* a splice writes the first slots elsewhere: no reading */
	u32 nr_readers, nr_writers;
	u32 reader_opens, writer_opens; /* ever; fifo opens wait for them to change */
	u32 nr_async;                   /* files with O_ASYNC */
	struct pipe_run *spare;         /* kept for the next write, or NULL */
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

static inline struct pipe *file_pipe(struct file *f)
{
	return container_of(f, struct pipe_file, file)->pipe;
}

static inline u32 pipe_used(const struct pipe *p)
{
	return p->head - p->tail;
}

static inline bool pipe_is_full(const struct pipe *p)
{
	return pipe_used(p) + p->reserved >= p->nr_slots;
}

/* pipe_can_read - is there anything that is not being spliced away */
static inline bool pipe_can_read(const struct pipe *p)
{
	return pipe_used(p) && !p->tail_taken;
}

static inline struct pipe_slot *pipe_slot(struct pipe *p, u32 i)
{
	return &p->slots[i & (p->nr_slots - 1)];
}

/* Under pipe->mu: tell both ends; the first slot is done. */
void pipe_wake_readers(struct pipe *p);
void pipe_wake_writers(struct pipe *p);
void pipe_drop_tail(struct pipe *p);

/* pipe_run_alloc - @nr pages (at most PIPE_RUN_MAX), no slot has one yet; NULL; kfree() */
struct pipe_run *pipe_run_alloc(u32 nr) must_check;

/*
 * pipe_run_commit - the first @n bytes of @run become slots, for which there is room
 *
 * The run is the slots' from now on.  Locks: pipe->mu is held.
 */
void pipe_run_commit(struct pipe *p, struct pipe_run *run, size_t n, bool packet);

/*
 * pipe_wait_readable_locked, pipe_wait_writable_locked - sleep for data, for a slot
 *
 * Return: 1: there is; 0: nobody writes any more; -EPIPE with its signal: nobody
 * reads; -EAGAIN, -ERESTARTSYS.
 */
int pipe_wait_readable_locked(struct file *f, bool nonblock) must_check;
int pipe_wait_writable_locked(struct file *f, bool nonblock) must_check;

/* pipe_alloc - an empty one without files.  0, -ENFILE, -ENOMEM. */
int pipe_alloc(struct pipe **ret) must_check;

/* pipe_put - one file less; the last frees it */
void pipe_put(struct inode *inode, struct pipe *p);
