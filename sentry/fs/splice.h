/*
 * Moving bytes from file to file inside the sentry.
 *
 * Locks: none may be held.  May sleep.
 */
#pragma once
#include "lib/base.h"

struct file;
struct write_opts;

/*
 * vfs_sendfile - sendfile(2)
 * @in_pos: where to read, moved on; NULL: @in's own position
 *
 * Return: bytes, or -EBADF, -EINVAL (@in has no positions, @out is O_APPEND),
 * -ESPIPE, and what reading and writing say.
 */
ssize_t vfs_sendfile(struct file *in, off_t *in_pos, struct file *out, size_t count,
		     struct write_opts *opts) must_check;

/* vfs_copy_range - copy_file_range(2); NULL positions: the files' own */
ssize_t vfs_copy_range(struct file *in, off_t *in_pos, struct file *out, off_t *out_pos, size_t len,
		       struct write_opts *opts) must_check;
