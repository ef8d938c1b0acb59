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

/* file_set_async_fd - F_SETFL with O_ASYNC was done through @fd: what si_fd will say */
void file_set_async_fd(struct file *f, int fd);
