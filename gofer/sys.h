/*
 * The gofer's host calls: all of them, returning -errno, through one function
 * that tests can make fail.
 *
 * Names are single components under a directory descriptor.  Where the kernel
 * only takes a path, it is "N" below the working directory, which is this
 * process's /proc/self/fd: the magic link leads to what descriptor N holds and
 * to nothing else (gofer_sys_init).
 */
#pragma once
#include <sched.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <time.h>

#include "lib/base.h"

/* The @fault_gsys_at-th call from now fails with -@fault_gsys_error; 0 turns it off. */
extern long fault_gsys_at;
extern int fault_gsys_error;

/* The host has no openat2(2), or an outer filter forbids it: found out, or said by a test. */
extern bool gsys_no_openat2;

/*
 * gofer_sys_init - make /proc/self/fd the working directory
 *
 * Called once, before namespaces and filter.  Return: 0, or -errno when there
 * is no usable /proc.
 */
int gofer_sys_init(void) must_check;

/*
 * gsys_step - an O_PATH descriptor of @name, one component below @dir
 *
 * Never follows a link of any kind.  Return: the descriptor or -errno.
 */
int gsys_step(int dir, const char *name) must_check;

/*
 * gsys_walk - open @path, components with a slash between them, below @dir
 *
 * Follows no link of any kind and crosses no mount point.
 * Return: the descriptor, -EXDEV at a mount point, -ENOSYS where the host cannot say so.
 */
int gsys_walk(int dir, const char *path, int flags) must_check;

/* gsys_create - make the regular file @name; -EEXIST if there is anything */
int gsys_create(int dir, const char *name, int flags, u32 mode) must_check;

/* gsys_tmpfile - an unnamed regular file in @dir */
int gsys_tmpfile(int dir, int flags, u32 mode) must_check;

/* gsys_reopen - open what @fd holds once more, with other rights */
int gsys_reopen(int fd, int flags) must_check;

/* gsys_open_dir - open the directory @fd for reading */
int gsys_open_dir(int fd) must_check;
void gsys_close(int fd);

int gsys_statx(int fd, struct statx *ret) must_check;
int gsys_statx_at(int dir, const char *name, struct statx *ret) must_check;
int gsys_fstatfs(int fd, struct statfs *ret) must_check;
int gsys_get_seals(int fd) must_check;

ssize_t gsys_getdents(int fd, void *buf, size_t size) must_check;
s64 gsys_lseek(int fd, s64 off) must_check;
ssize_t gsys_readlink(int fd, char *buf, size_t size) must_check;

int gsys_mkdir(int dir, const char *name, u32 mode) must_check;
int gsys_mknod(int dir, const char *name, u32 mode) must_check;
int gsys_symlink(const char *target, int dir, const char *name) must_check;
int gsys_link(int fd, int dir, const char *name) must_check;
int gsys_unlink(int dir, const char *name, bool is_dir) must_check;
int gsys_rename(int olddir, const char *oldname, int newdir, const char *newname, unsigned flags)
	must_check;

/* By what @fd holds, which may be a symlink (but for chmod). */
int gsys_chmod(int fd, u32 mode) must_check;
int gsys_chown(int fd, u32 uid, u32 gid) must_check;
int gsys_truncate(int fd, u64 size) must_check;
int gsys_utimens(int fd, const struct timespec times[2]) must_check;
ssize_t gsys_getxattr(int fd, const char *name, void *buf, size_t size) must_check;
ssize_t gsys_listxattr(int fd, char *buf, size_t size) must_check;

/* gsys_has_xattrs - 1, 0, or -errno; @fd is open, not only O_PATH */
int gsys_has_xattrs(int fd) must_check;
/* gsys_has_xattrs_at - 1, 0 or -errno for @name, one component below @dir; no link is followed */
int gsys_has_xattrs_at(int dir, const char *name) must_check;
int gsys_setxattr(int fd, const char *name, const void *value, size_t size, int flags) must_check;
int gsys_removexattr(int fd, const char *name) must_check;
int gsys_fsync(int fd, bool data_only) must_check;

/* gsys_setaffinity - run on the cores of @set only */
int gsys_setaffinity(const cpu_set_t *set) must_check;

ssize_t gsys_recvmsg(int fd, struct msghdr *msg) must_check;
ssize_t gsys_sendmsg(int fd, const struct msghdr *msg) must_check;
