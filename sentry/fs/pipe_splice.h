/*
 * splice(2) and tee(2): bytes into, out of and between pipes (pipe_splice.c).
 *
 * @nonblock: SPLICE_F_NONBLOCK, for the pipes; other files have O_NONBLOCK.
 * Locks: none may be held.  May sleep.
 */
#pragma once
#include "lib/base.h"

struct file;
struct write_opts;

/* splice_to_pipe - from @in at *@pos (NULL: its own position); one read's worth */
ssize_t splice_to_pipe(struct file *in, off_t *pos, struct file *pipe, size_t len, bool nonblock)
	must_check;

/* splice_from_pipe - to @out; sleeps for the first byte only */
ssize_t splice_from_pipe(struct file *pipe, struct file *out, off_t *pos, size_t len,
			 struct write_opts *opts, bool nonblock) must_check;

/* splice_pipes - from pipe to pipe; @tee leaves the bytes where they are too.  -EINVAL: the same */
ssize_t splice_pipes(struct file *in, struct file *out, size_t len, bool tee, bool nonblock)
	must_check;
