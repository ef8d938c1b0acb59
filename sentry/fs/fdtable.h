/*
 * Descriptor tables: small numbers for open files.
 *
 * fdtable_*() work on a table; fd_*() are the same for a task's own table and
 * its RLIMIT_NOFILE, which is what handlers want.
 *
 * Installing is in two steps where a number must be known before it can be
 * used: reserve (the slot is taken, nobody finds a file in it), copy the number
 * out, then commit or cancel.
 *
 * Locks: mu (LOCK_FDTABLE).  Nothing here sleeps but what puts a file.
 */
#pragma once
#include "fs/file.h"
#include "lib/base.h"
#include "lib/mutex.h"
#include "lib/ref.h"

struct task;

#define FDTABLE_MAX (1u << 20) /* fs.nr_open */

struct fdtable {
	struct ref ref;
	struct mutex mu;     /* LOCK_FDTABLE */
	struct file **files; /* guarded by mu: [size] */
	u64 *used;           /* guarded by mu: bits of numbers taken or reserved */
	u64 *cloexec;        /* guarded by mu */
	u32 size;            /* guarded by mu: a multiple of 64 */
	u32 first_free;      /* guarded by mu: no free number is below */
};

int fdtable_create(struct fdtable **ret) must_check;

/* fdtable_copy - for fork: the same files; those from @max_fd on are left out */
int fdtable_copy(struct fdtable *old, u32 max_fd, struct fdtable **ret) must_check;
struct fdtable *fdtable_get(struct fdtable *ft);

/* fdtable_put - the last one closes every file.  Locks: none.  May sleep. */
void fdtable_put(struct fdtable *ft);

/* fdtable_lookup - the file of @fd, a reference; NULL: -EBADF.  Gives O_PATH files too. */
struct file *fdtable_lookup(struct fdtable *ft, int fd) must_check;

/*
 * fdtable_reserve - take the lowest free number from @min on
 * @limit: RLIMIT_NOFILE: numbers are below it
 *
 * Return: the number, -EMFILE, -ENOMEM.
 */
int fdtable_reserve(struct fdtable *ft, u32 min, u64 limit, bool cloexec) must_check;

/* fdtable_commit - let a reserved number be @f; takes a reference */
void fdtable_commit(struct fdtable *ft, int fd, struct file *f);
void fdtable_cancel(struct fdtable *ft, int fd);

/* fdtable_install - reserve and commit; the number, -EMFILE, -ENOMEM */
int fdtable_install(struct fdtable *ft, struct file *f, u32 min, u64 limit, bool cloexec)
	must_check;

/*
 * fdtable_replace - let @fd be @f, closing what was there (dup2, dup3)
 *
 * Takes a reference.  Return: @fd, -EBADF (not below @limit), -EBUSY (reserved), -ENOMEM.
 */
int fdtable_replace(struct fdtable *ft, int fd, struct file *f, u64 limit, bool cloexec) must_check;

/* fdtable_close - take @fd out and close it.  May sleep.  0, -EBADF, or what flush says. */
int fdtable_close(struct fdtable *ft, int fd) must_check;

/* fdtable_close_range - close @first to @last, or set close-on-exec on them */
int fdtable_close_range(struct fdtable *ft, u32 first, u32 last, bool cloexec_only) must_check;

/* fdtable_exec - close what is close-on-exec.  The caller has unshared the table.  May sleep. */
void fdtable_exec(struct fdtable *ft);

/* fdtable_get_cloexec, fdtable_set_cloexec - F_GETFD, F_SETFD; -EBADF */
int fdtable_get_cloexec(struct fdtable *ft, int fd) must_check;
int fdtable_set_cloexec(struct fdtable *ft, int fd, bool cloexec) must_check;

/* fdtable_next - the lowest number >= @fd in use, for /proc/PID/fd; -1 at the end */
int fdtable_next(struct fdtable *ft, int fd);

/* fdtable_nr - how many numbers are in use; fdtable_size - how many there is room for */
u32 fdtable_nr(struct fdtable *ft);
u32 fdtable_size(struct fdtable *ft);

/*
 * The same for the calling task's own table.
 *
 * fd_get - the file of @fd, a reference; NULL if there is none or it is O_PATH:
 * the caller returns -EBADF.  fd_get_path takes O_PATH files too.
 */
struct file *fd_get(struct task *t, int fd) must_check;
struct file *fd_get_path(struct task *t, int fd) must_check;

/*
 * A file for the length of a call, as fd_borrow() gives it: not counted where
 * nobody but the caller can close the descriptor.
 */
struct fd_ref {
	struct file *file;
	bool counted;
};

static inline void fd_ref_put(struct fd_ref *r)
{
	if (unlikely(r->counted))
		file_put(r->file);
}

#define cleanup_fd __attribute__((cleanup(fd_ref_put)))

/*
 * fd_borrow, fd_borrow_path - as fd_get(), fd_get_path(), cheaper
 *
 * Declare the result with cleanup_fd; file is NULL where fd_get() gives NULL.  The
 * handler may sleep, but neither closes nor shares a descriptor of its own.
 */
struct fd_ref fd_borrow(struct task *t, int fd) must_check;
struct fd_ref fd_borrow_path(struct task *t, int fd) must_check;

/* fd_install - publish @f under the lowest free number.  Takes a reference.  Number or -errno. */
int fd_install(struct task *t, struct file *f, bool cloexec) must_check;

/*
 * fd_reserve - take a number that nobody finds a file under yet
 *
 * Then fd_commit (takes a reference of @f) or fd_cancel, by the same task.
 * Return: the number, -EMFILE, -ENOMEM.
 */
int fd_reserve(struct task *t, bool cloexec) must_check;
void fd_commit(struct task *t, int fd, struct file *f);
void fd_cancel(struct task *t, int fd);
