/*
 * Pipes and fifos (pipe.c, pipe_fs.c).
 */
#pragma once
#include "lib/base.h"

struct cred;
struct file;

/* pipe_init - at start-up: the file system of nameless pipes, and who opens fifos */
int pipe_init(void) must_check;

/*
 * pipe_create - pipe(2)
 * @cred: who owns its inode
 * @flags: O_NONBLOCK, O_DIRECT (packets)
 * @ret: read end, write end; one reference each
 *
 * Return: 0, -ENFILE (too many pipe pages in the sandbox), -ENOMEM.
 */
int pipe_create(const struct cred *cred, int flags, struct file *ret[2]) must_check;

bool file_is_pipe(const struct file *f);

/*
 * pipe_get_size, pipe_set_size - F_GETPIPE_SZ, F_SETPIPE_SZ, in bytes
 *
 * Return: the size; -EBADF: not a pipe; -EINVAL (too large a number), -EPERM
 * (more than pipe-max-size without CAP_SYS_RESOURCE), -EBUSY (there is more in
 * it), -ENOMEM.
 */
long pipe_get_size(struct file *f);
long pipe_set_size(struct file *f, const struct cred *cred, u64 size) must_check;
