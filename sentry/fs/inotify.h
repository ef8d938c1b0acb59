/*
 * inotify(7): queues of what happened to the files one watches.
 */
#pragma once
#include "lib/base.h"

struct file;
struct inode;

/* inotify_create - an empty queue; @flags: IN_NONBLOCK matters.  0, -EMFILE, -ENOMEM. */
int inotify_create(int flags, struct file **ret) must_check;

bool file_is_inotify(const struct file *f);

/*
 * inotify_watch - watch @inode, or change what is watched
 * @mask: IN_*, of which IN_MASK_ADD, IN_MASK_CREATE, IN_ONESHOT, IN_EXCL_UNLINK mean what they say
 *
 * Return: the watch descriptor, -ENOSPC (too many), -EEXIST, -ENOMEM.
 */
int inotify_watch(struct file *f, struct inode *inode, u32 mask) must_check;

/* inotify_unwatch - the queue gets IN_IGNORED; 0 or -EINVAL */
int inotify_unwatch(struct file *f, int wd) must_check;
