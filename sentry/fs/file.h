/*
 * Open files.
 *
 * A struct file is what an open(2) made: descriptors point at it, dup and fork
 * share it.  It is embedded as the first member of whatever kind of file it is
 * (struct eventfd, struct tmpfs_file...), which is freed by ops->release.
 *
 * Life: made by a constructor with file_init() (one reference), published by
 * fd_install(), counted by descriptors, mappings, walks and messages in flight,
 * released when the last one is put.
 *
 * Locks: pos_mu (LOCK_FILEPOS) guards pos of seekable files.
 */
#pragma once
#include <fcntl.h>

#include "fs/path.h"
#include "lib/base.h"
#include "lib/iov_iter.h"
#include "lib/list.h"
#include "lib/mutex.h"
#include "lib/ref.h"
#include "lib/waitq.h"

struct cred;
struct file;
struct inode;
struct task;

/*
 * What readdir() hands its entries to.  emit returns false when there is no
 * room: the entry is not taken and readdir returns 0.
 */
struct dir_context {
	bool (*emit)(struct dir_context *ctx, const char *name, size_t len, u64 ino, unsigned type,
		     off_t next);
	off_t pos; /* in: where to begin; out: where to go on */
};

/*
 * dir_emit - hand over one entry
 * @type: DT_*
 * @next: the position of the entry after this one: what d_off says
 *
 * Moves ctx->pos on when it was taken.
 */
static inline bool dir_emit(struct dir_context *ctx, const char *name, size_t len, u64 ino,
			    unsigned type, off_t next)
{
	if (!ctx->emit(ctx, name, len, ino, type, next))
		return false;
	ctx->pos = next;
	return true;
}

/*
 * How to map a file: filled by ops->mmap.  fd stays the file's and valid as long
 * as the mapping holds the file.  Bytes of the file at offset o are those of fd
 * at o + delta.
 */
struct file_map {
	int prot;    /* in: PROT_* asked for */
	bool shared; /* in: MAP_SHARED */
	u64 off;     /* in: offset in the file, page aligned */
	u64 len;     /* in: page aligned */

	hostfd_t fd;      /* out: HOSTFD_NONE means anonymous zero pages (/dev/zero) */
	s64 delta;        /* out */
	bool fd_writable; /* out: may PROT_WRITE ever be given to a shared mapping */
};

/*
 * What a kind of file does.  Called only by the vfs_*() wrappers below, which
 * check access mode, position and size first and are where tests inject faults.
 *
 *                may sleep  locks held on entry             if NULL
 *   read         yes        pos_mu if seekable              -EINVAL
 *   write        yes        pos_mu if seekable; inode->mu   -EINVAL
 *                           if a regular file
 *   llseek       yes        pos_mu                          seekable: by size; else -ESPIPE
 *   readdir      yes        pos_mu, inode->dir_mu           -ENOTDIR
 *   poll         no         none                            always ready
 *   ioctl        yes        none                            -ENOTTY
 *   mmap         yes        none                            -ENODEV
 *   fsync        yes        none                            -EINVAL
 *   fallocate    yes        inode->mu                       -EOPNOTSUPP, not regular
 * -ENODEV/-ESPIPE set_flags    no         none                            every F_SETFL flag is
 * fine flush        yes        none                            nothing; called at every close(2)
 *   show_fdinfo  yes        none                            pos, flags, mnt_id, ino only
 *   release      yes        none; last reference            must be set
 *
 * read and write get a position for files that have one and NULL for streams
 * (FMODE_STREAM).  They move *pos on by what they return.  A write to a regular
 * file finds *pos at the end already when O_APPEND is set.
 */
struct file_ops {
	ssize_t (*read)(struct file *f, struct iov_iter *dst, off_t *pos);
	ssize_t (*write)(struct file *f, struct iov_iter *src, off_t *pos);
	off_t (*llseek)(struct file *f, off_t off, int whence);
	int (*readdir)(struct file *f, struct dir_context *ctx);
	poll_t (*poll)(struct file *f);
	long (*ioctl)(struct file *f, struct task *t, unsigned cmd, u64 arg);
	int (*mmap)(struct file *f, struct file_map *map);
	int (*fsync)(struct file *f, bool data_only);
	int (*fallocate)(struct file *f, int mode, off_t off, off_t len);
	int (*set_flags)(struct file *f, u32 flags);
	int (*flush)(struct file *f);
	size_t (*show_fdinfo)(struct file *f, char *buf, size_t size);
	void (*release)(struct file *f);

	/* A file without inode or path: "eventfd" shows as "anon_inode:[eventfd]". */
	const char *anon_name;
};

/* file->mode */
#define FMODE_READ   (1u << 0)
#define FMODE_WRITE  (1u << 1)
#define FMODE_SEEK   (1u << 2) /* lseek works */
#define FMODE_PREAD  (1u << 3) /* pread and pwrite work */
#define FMODE_STREAM (1u << 4) /* no position at all: pipes, sockets, ttys */
#define FMODE_PATH   (1u << 5) /* O_PATH: a place, nothing else */
#define FMODE_EXEC   (1u << 6) /* opened to be run; inode_deny_write() is held */
#define FMODE_WRITER (1u << 7) /* inode_get_write() is held */
#define FMODE_NOWAIT (1u << 8) /* RWF_NOWAIT and O_NONBLOCK mean something */

/* F_SETOWN, F_SETSIG: who gets SIGIO. */
struct file_owner {
	int type; /* F_OWNER_*; guarded by lock */
	int pid;  /* 0: nobody */
	int signo;
	int fd;        /* that O_ASYNC was set through: si_fd */
	u32 uid, euid; /* of who set it: checked when it is sent */
};

struct file {
	struct ref ref;
	u32 mode;                   /* FMODE_*; immutable once published */
	u32 flags;                  /* O_*, as F_GETFL gives; atomic */
	const struct file_ops *ops; /* immutable */
	struct task *told;          /* atomic: whose stub knows the file (kernel/facts.c) */
	struct path path;           /* immutable once published; may be PATH_NONE */
	struct inode *inode;        /* immutable once published; counted; may be NULL */
	const struct cred *cred;    /* of the opener; counted; NULL: the sentry */

	struct mutex pos_mu; /* LOCK_FILEPOS */
	off_t pos;           /* guarded by pos_mu */

	struct waitq own_wq; /* embedded default of wq */
	struct waitq *wq;    /* where readiness is told; immutable once published */

	struct spinlock lock; /* guards owner and epolls */
	struct file_owner owner;
	struct list_head epolls; /* epoll.c's items that watch this file */
	bool epoll_watched;      /* atomic: epolls was ever used */
};

/*
 * file_init - fill the base of a new file; one reference
 * @flags: access mode and status flags; O_CLOEXEC, O_CREAT... are dropped
 *
 * Mode becomes that of @flags plus FMODE_STREAM; a file with positions calls
 * file_set_inode(), or changes mode itself, before it is published.  A file
 * that shares its readiness with others (two ends of a pipe) lets wq point at a
 * queue of theirs that lives at least until release.
 */
void file_init(struct file *f, const struct file_ops *ops, int flags);

/*
 * file_set_inode - for inode_ops.open: @f is a file of @inode
 *
 * Takes a reference.  Regular files and directories become seekable.
 */
void file_set_inode(struct file *f, struct inode *inode);

/* file_set_path - takes references; sets the inode too if there is none */
void file_set_path(struct file *f, const struct path *p);

struct file *file_get(struct file *f);

/* file_get_mapping - for who only maps @f: its position and its one descriptor stay the owner's */
struct file *file_get_mapping(struct file *f);

/*
 * file_put - the last one releases
 *
 * Leaves epolls, frees record locks of this open file, then ops->release, then
 * path and inode.  Locks: none.  May sleep.
 */
void file_put(struct file *f);

static inline void file_put_cleanup(struct file **f)
{
	if (*f)
		file_put(*f);
}

#define cleanup_file __attribute__((cleanup(file_put_cleanup)))

static inline u32 file_flags(const struct file *f)
{
	return __atomic_load_n(&f->flags, __ATOMIC_RELAXED);
}

static inline bool file_nonblock(const struct file *f)
{
	return file_flags(f) & O_NONBLOCK;
}

/* file_is_dir, file_is_reg - by the inode; false for anonymous files */
bool file_is_dir(const struct file *f);
bool file_is_reg(const struct file *f);

/*
 * file_set_flags - F_SETFL: change O_APPEND, O_NONBLOCK, O_ASYNC, O_DIRECT, O_NOATIME
 * Return: 0, or what ops->set_flags says.
 */
int file_set_flags(struct file *f, u32 flags) must_check;

/* file_noexec - may it not be run or mapped executable: by mount or super */
bool file_noexec(const struct file *f);

/*
 * file_wait_locked - sleep in a read or write until file_wake(@f, @events)
 *
 * Drops @mu while it sleeps.  In a loop over the condition that @mu guards.
 * Locks: @mu held, and of the others only LOCK_FILEPOS.
 * Return: 0 woken, -EAGAIN at once when O_NONBLOCK is set, -ERESTARTSYS.
 */
int file_wait_locked(struct file *f, poll_t events, struct mutex *mu) must_check REQUIRES(*mu);

/* file_wake - tell those who wait on @f->wq, and the owner of O_ASYNC.  Locks: no mutex needed. */
void file_wake(struct file *f, poll_t events);

/*
 * The wrappers.  Return: bytes or -errno as the system call of that name, with
 * restart codes.  A short count is a success.
 *
 * vfs_read, vfs_write: at and with the file's position.
 * vfs_pread, vfs_pwrite: at *@pos, which moves on; -ESPIPE without FMODE_PREAD.
 */
ssize_t vfs_read(struct file *f, struct iov_iter *dst) must_check;
ssize_t vfs_pread(struct file *f, struct iov_iter *dst, off_t *pos) must_check;

/*
 * How to write, for those who want more than vfs_write().
 * @fsize_limit: RLIMIT_FSIZE; the write is cut there, -EFBIG if nothing is left,
 *	and *hit_limit is set: the handler sends SIGXFSZ
 * @rwf: RWF_APPEND, RWF_DSYNC, RWF_SYNC, RWF_NOWAIT, RWF_HIPRI
 */
struct write_opts {
	u64 fsize_limit;
	int rwf;
	bool hit_limit;          /* out */
	const struct cred *cred; /* the writer: setuid bits are kept with CAP_FSETID; NULL: kept */
};

/* vfs_write - at the position of @f (p: at *@pos), advancing it; what a write returns */
ssize_t vfs_write(struct file *f, struct iov_iter *src) must_check;
ssize_t vfs_write_opts(struct file *f, struct iov_iter *src, struct write_opts *opts) must_check;
ssize_t vfs_pwrite(struct file *f, struct iov_iter *src, off_t *pos) must_check;
ssize_t vfs_pwrite_opts(struct file *f, struct iov_iter *src, off_t *pos, struct write_opts *opts)
	must_check;

off_t vfs_llseek(struct file *f, off_t off, int whence) must_check;

/* vfs_readdir - from ctx->pos of the file's own position; -ENOENT in a removed directory */
int vfs_readdir(struct file *f, struct dir_context *ctx) must_check;

/* vfs_poll - what is ready now; never sleeps; any lock but those of the file may be held */
poll_t vfs_poll(struct file *f) must_check;
long vfs_ioctl(struct file *f, struct task *t, unsigned cmd, u64 arg) must_check;

/*
 * vfs_mmap - how to map @f
 *
 * Checks access mode and noexec: -EACCES, -EPERM, -ENODEV, -EOVERFLOW.
 */
int vfs_mmap(struct file *f, struct file_map *map) must_check;
int vfs_fsync(struct file *f, bool data_only) must_check;

/* vfs_fallocate - @fsize_limit, @cred: as in struct write_opts */
int vfs_fallocate(struct file *f, int mode, off_t off, off_t len, u64 fsize_limit,
		  const struct cred *cred) must_check;

/* vfs_flush - a descriptor of @f is closed; @owner is the fdtable (record locks go) */
int vfs_flush(struct file *f, const void *owner) must_check;

/*
 * What lower layers must tell upper ones.  Filled at start-up by signal.c and
 * epoll.c; NULL means nobody listens.
 */
struct file_hooks {
	/* SIGIO: @f became ready and has an owner.  May run under spinlocks. */
	void (*sigio)(struct file *f, poll_t events);
	/* The last reference of a watched file is going. */
	void (*epoll_release)(struct file *f);
	/* One that is told is shared from now on, or out of its table. */
	void (*untell)(struct file *f);
	/* The owner of one that is told uses it: its stub may have moved the position. */
	void (*catch_up)(struct file *f);
	/* One that is told has another position; @end: what is read from there on is nothing. */
	void (*moved)(struct file *f, u64 end);
};
extern struct file_hooks file_hooks;

/* file_is_told - does somebody's stub know of @f?  Then file_hooks are asked. */
static inline bool file_is_told(const struct file *f)
{
	return unlikely(__atomic_load_n(&f->told, __ATOMIC_RELAXED));
}

/* file_moved - @f has another position; @end: as file_hooks.moved, UINT64_MAX: not known */
static inline void file_moved(struct file *f, u64 end)
{
	if (file_is_told(f))
		file_hooks.moved(f, end);
}

/* file_live - how many files exist; tests assert it returns to where it was */
long file_live(void);
