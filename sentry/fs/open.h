/*
 * open(2) and what runs on it.
 *
 * Locks: none may be held.  May sleep.
 */
#pragma once
#include "fs/namei.h"
#include "lib/base.h"

struct cred;
struct file;
struct inode;
struct super;

/*
 * vfs_open - walk, create if asked, check, open
 * @flags: O_* as openat(2) takes them; unknown bits are ignored as Linux does
 * @mode: permissions of a new file; umask is applied here
 *
 * Return: 0 with *@ret, or the errno of open(2).
 */
int vfs_open(const struct namei_base *base, const char *name, int flags, u32 mode,
	     struct file **ret) must_check;

/*
 * vfs_open_path - open what is already walked; no O_CREAT
 *
 * For /proc/PID/fd, coredumps, the control socket.  Permissions are checked.
 */
int vfs_open_path(const struct path *p, int flags, const struct cred *cred, struct task *t,
		  struct file **ret) must_check;

/*
 * vfs_open_exec - open a file to run it
 * @lookup: LOOKUP_*; execve follows
 *
 * The file must be regular, executable for @base->cred, and not on a noexec
 * mount.  Writing to it is denied (-ETXTBSY) until the file is put.
 * Return: 0, -EACCES, -ETXTBSY, -ELOOP, -ENOENT...
 */
int vfs_open_exec(const struct namei_base *base, const char *name, unsigned lookup,
		  struct file **ret) must_check;

/* vfs_open_exec_path - as above for a place already walked (execveat with AT_EMPTY_PATH) */
int vfs_open_exec_path(const struct path *p, const struct cred *cred, struct task *t,
		       struct file **ret) must_check;

/*
 * Character devices: who opens makedev(major, minor).  @open makes the file and
 * may keep nothing of @args.  Registered at start-up; @dev is kept.
 */
struct open_args;
struct chrdev {
	u32 major, minor, nr_minors;
	int (*open)(struct inode *inode, const struct open_args *args, struct file **ret);
	struct chrdev *next;
};

/* chrdev_register - open() of a device with these numbers calls @dev from now on */
void chrdev_register(struct chrdev *dev);

/*
 * Fifos are opened by whoever installs this (pipe.c, at start-up); -ENXIO before.
 * May sleep for the other end.
 */
extern int (*fifo_open)(struct inode *inode, const struct open_args *args, struct file **ret);
