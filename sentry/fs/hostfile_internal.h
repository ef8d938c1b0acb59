/* What hostfile.c and hostfile_fs.c share. */
#pragma once
#include "lib/base.h"

struct file;
struct inode;
struct path;
struct stat;

/* hostfile_make_path - a place for host descriptor @fd, which stays the caller's */
int hostfile_make_path(hostfd_t fd, const struct stat *st, struct path *ret) must_check;

/* hostfile_open_take - a file of @inode on @fd, which is consumed, also on failure */
int hostfile_open_take(hostfd_t fd, struct inode *inode, int flags, struct file **ret) must_check;
