/*
 * pidfd: a descriptor that names a process for good (pidfd.c).
 */
#pragma once
#include "lib/base.h"

struct file;
struct pid;
struct task;

/*
 * pidfd_create - a file for the process @pid
 * @flags: O_NONBLOCK or 0
 *
 * Readable once the process has ended.  Return: 0 or -ENOMEM.
 */
int pidfd_create(struct pid *pid, int flags, struct file **ret) must_check;

/* pidfd_pid - the process of @f, not counted: as long as @f lives; NULL: no pidfd */
struct pid *pidfd_pid(const struct file *f);

/*
 * pidfd_get_pid - the process behind descriptor @fd of @t, counted
 * @ret_nonblock: may be NULL
 *
 * Return: 0 or -EBADF.
 */
int pidfd_get_pid(struct task *t, int fd, struct pid **ret, bool *ret_nonblock) must_check;
