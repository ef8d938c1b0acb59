/*
 * fcntl(2) beyond descriptors and flags: owners and signals, seals, pipe sizes,
 * leases, record locks.
 */
#pragma once
#include "lib/base.h"

struct file;
struct task;

/*
 * file_fcntl - a command that is about the file @f
 * @fd: the number it was found under
 *
 * May sleep (F_SETLKW).  Return: as fcntl(2); -EINVAL for an unknown command.
 */
long file_fcntl(struct task *t, int fd, struct file *f, int cmd, unsigned long arg) must_check;

/*
 * A pipe answers F_GETPIPE_SZ and F_SETPIPE_SZ through this; set by pipe.c at
 * start-up.  -EBADF for a file that is none.
 */
extern long (*pipe_fcntl)(struct file *f, int cmd, unsigned long arg);
