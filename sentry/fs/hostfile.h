/*
 * Host descriptors that the guest was started with: its standard streams.
 */
#pragma once
#include "lib/base.h"

struct file;

/*
 * hostfile_create - a file that reads and writes host descriptor @fd
 * @fd: consumed, also on failure
 *
 * Pipes, sockets and character devices should be O_NONBLOCK (the command line
 * opens them anew for that); a descriptor that cannot be is tried only after
 * poll(2) said it is ready.  A regular file goes on at the offset it shares with
 * whoever passed it.
 *
 * Return: 0, -ENOMEM, or what the host says of @fd.
 */
int hostfile_create_take(hostfd_t fd, struct file **ret) must_check;

/* hostfile_heard - how often the guest has read what comes from outside, or found its end */
u64 hostfile_heard(void);

/* file_is_hostfile - was it made here; and its descriptor, still the file's */
bool file_is_hostfile(const struct file *f);
hostfd_t hostfile_fd(const struct file *f);
