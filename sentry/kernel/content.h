/*
 * The first bytes of a file that was just opened, for the stub (content.c).
 */
#pragma once
#include "lib/base.h"

struct file;
struct task;

/* What a task did with the files it opened last. */
struct readings {
	u8 unread; /* so many it has not read in */
	u8 whole;  /* so many more it is expected to read to the end */
};

/* What the stub of a task knows of the file that it was told. */
struct telling {
	int fd;                /* owner */
	u64 epoch;             /* owner */
	u32 len;               /* file.lock, owner: so many of its first bytes */
	u64 pos;               /* file.lock: where it stands, as far as we know */
	struct readings habit; /* file.lock, owner */
};

/*
 * content_may_tell - nobody has to hear of a read of the open file @f, and nothing
 * moves by it but its position, as long as the epoch stays
 */
bool content_may_tell(const struct file *f);

/*
 * content_read - put the first bytes of @f, a still file, where the stub of @t reads them
 *
 * As many as @t is expected to read.  May sleep.
 * Return: how many, 0: none.
 */
u32 content_read(struct task *t, struct file *f);

/* content_learn - of a file of @size bytes, which was read up to @pos */
void content_learn(struct readings *r, u64 pos, u64 size);
