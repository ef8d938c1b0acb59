/* read(2), write(2) and their vectored and positioned kin, lseek(2) */
#include <linux/fs.h>
#include <signal.h>
#include <sys/resource.h>

#include "fs/fdtable.h"
#include "fs/file.h"
#include "gen/sys_proto.h"
#include "kernel/signal.h"
#include "kernel/task.h"
#include "lib/alloc.h"
#include "lib/iov_iter.h"
#include "mm/uaccess.h"

#define RWF_KNOWN (RWF_HIPRI | RWF_DSYNC | RWF_SYNC | RWF_NOWAIT | RWF_APPEND)

static void raise_self(struct task *t, int sig)
{
	siginfo_t info;

	signal_info_user(&info, sig, SI_USER, t);
	signal_send_task(t, &info);
}

/* A write past the end of a pipe or of RLIMIT_FSIZE says so by a signal, too. */
static ssize_t write_done(struct task *t, ssize_t n, const struct write_opts *opts)
{
	if (n == -EPIPE)
		raise_self(t, SIGPIPE);
	if (n == -EFBIG && opts->hit_limit)
		raise_self(t, SIGXFSZ);
	return n;
}

static struct write_opts opts_of(struct task *t, int rwf)
{
	return (struct write_opts){
		.fsize_limit = task_rlimit(t, RLIMIT_FSIZE),
		.rwf = rwf,
		.cred = t->cred,
	};
}

static void one_buffer(struct task *t, struct iov_iter *it, uaddr_t buf, size_t count)
{
	iov_iter_guest(it, t->mm, buf, min(count, (size_t)MAX_RW_COUNT));
}

long sys_read(struct task *t, int fd, uaddr_t buf, size_t count)
{
	cleanup_fd struct fd_ref r = fd_borrow(t, fd);
	struct file *f = r.file;
	struct iov_iter it;

	if (!f)
		return -EBADF;
	one_buffer(t, &it, buf, count);
	return vfs_read(f, &it);
}

long sys_write(struct task *t, int fd, uaddr_t buf, size_t count)
{
	cleanup_fd struct fd_ref r = fd_borrow(t, fd);
	struct file *f = r.file;
	struct write_opts opts = opts_of(t, 0);
	struct iov_iter it;

	if (!f)
		return -EBADF;
	one_buffer(t, &it, buf, count);
	return write_done(t, vfs_write_opts(f, &it, &opts), &opts);
}

long sys_pread64(struct task *t, int fd, uaddr_t buf, size_t count, off_t pos)
{
	cleanup_fd struct fd_ref r = {0};
	struct iov_iter it;

	if (pos < 0)
		return -EINVAL;
	r = fd_borrow(t, fd);
	if (!r.file)
		return -EBADF;
	one_buffer(t, &it, buf, count);
	return vfs_pread(r.file, &it, &pos);
}

long sys_pwrite64(struct task *t, int fd, uaddr_t buf, size_t count, off_t pos)
{
	cleanup_fd struct fd_ref r = {0};
	struct write_opts opts = opts_of(t, 0);
	struct iov_iter it;

	if (pos < 0)
		return -EINVAL;
	r = fd_borrow(t, fd);
	if (!r.file)
		return -EBADF;
	one_buffer(t, &it, buf, count);
	return write_done(t, vfs_pwrite_opts(r.file, &it, &pos, &opts), &opts);
}

/* A call with an array of pieces: its file, and the array, which fini frees if it was too long for
 * fast. */
struct vec_call {
	struct fd_ref r;
	struct iov_seg fast[UIO_FASTIOV];
	struct iov_seg *segs;
	struct iov_iter it;
};

static void vec_call_fini(struct vec_call *c)
{
	if (c->segs != c->fast)
		kfree(c->segs);
	fd_ref_put(&c->r);
}

#define cleanup_vec_call __attribute__((cleanup(vec_call_fini)))

static int check_rwf(const struct file *f, int rwf)
{
	if (rwf & ~RWF_KNOWN)
		return -EOPNOTSUPP;
	return rwf & RWF_NOWAIT && !(f->mode & FMODE_NOWAIT) ? -EOPNOTSUPP : 0;
}

/*
 * All that stands before the transfer, in Linux's order; fini is due even if it fails.
 * @mode: FMODE_READ or FMODE_WRITE, what the file must be open for
 * @seeks: the call names a position
 */
static int vec_call_init(struct vec_call *c, struct task *t, int fd, uaddr_t vec, unsigned long nr,
			 u32 mode, bool seeks, int rwf)
{
	struct file *f;
	ssize_t total;

	c->segs = c->fast;
	c->r = fd_borrow(t, fd);
	f = c->r.file;
	if (!f)
		return -EBADF;
	if (seeks && !(f->mode & FMODE_PREAD))
		return -ESPIPE;
	if (!(f->mode & mode))
		return -EBADF;
	total = iovec_from_user(t, vec, nr, c->fast, &c->segs);
	if (total < 0)
		return (int)total;
	iov_iter_segs(&c->it, t->mm, c->segs, nr);
	iov_iter_truncate(&c->it, (size_t)total);
	return check_rwf(f, rwf);
}

/* @pos NULL: the file's own position. */
static long do_readv(struct task *t, int fd, uaddr_t vec, unsigned long nr, off_t *pos, int rwf)
{
	cleanup_vec_call struct vec_call c;
	int err = vec_call_init(&c, t, fd, vec, nr, FMODE_READ, pos, rwf);

	if (err)
		return err;
	return pos ? vfs_pread(c.r.file, &c.it, pos) : vfs_read(c.r.file, &c.it);
}

static long do_writev(struct task *t, int fd, uaddr_t vec, unsigned long nr, off_t *pos, int rwf)
{
	cleanup_vec_call struct vec_call c;
	struct write_opts opts = opts_of(t, rwf);
	int err = vec_call_init(&c, t, fd, vec, nr, FMODE_WRITE, pos, rwf);
	ssize_t n;

	if (err)
		return err;
	n = pos ? vfs_pwrite_opts(c.r.file, &c.it, pos, &opts)
		: vfs_write_opts(c.r.file, &c.it, &opts);
	return write_done(t, n, &opts);
}

long sys_readv(struct task *t, int fd, uaddr_t vec, unsigned long vlen)
{
	return do_readv(t, fd, vec, vlen, NULL, 0);
}

long sys_writev(struct task *t, int fd, uaddr_t vec, unsigned long vlen)
{
	return do_writev(t, fd, vec, vlen, NULL, 0);
}

/* On 64-bit the low word is the whole position. */
long sys_preadv(struct task *t, int fd, uaddr_t vec, unsigned long vlen, unsigned long pos_l,
		unsigned long pos_h)
{
	off_t pos = (off_t)pos_l;

	(void)pos_h;
	return pos < 0 ? -EINVAL : do_readv(t, fd, vec, vlen, &pos, 0);
}

long sys_pwritev(struct task *t, int fd, uaddr_t vec, unsigned long vlen, unsigned long pos_l,
		 unsigned long pos_h)
{
	off_t pos = (off_t)pos_l;

	(void)pos_h;
	return pos < 0 ? -EINVAL : do_writev(t, fd, vec, vlen, &pos, 0);
}

long sys_preadv2(struct task *t, int fd, uaddr_t vec, unsigned long vlen, unsigned long pos_l,
		 unsigned long pos_h, int flags)
{
	off_t pos = (off_t)pos_l;

	(void)pos_h;
	if (pos < -1)
		return -EINVAL;
	return do_readv(t, fd, vec, vlen, pos == -1 ? NULL : &pos, flags);
}

long sys_pwritev2(struct task *t, int fd, uaddr_t vec, unsigned long vlen, unsigned long pos_l,
		  unsigned long pos_h, int flags)
{
	off_t pos = (off_t)pos_l;

	(void)pos_h;
	if (pos < -1)
		return -EINVAL;
	return do_writev(t, fd, vec, vlen, pos == -1 ? NULL : &pos, flags);
}

long sys_lseek(struct task *t, int fd, off_t offset, int whence)
{
	cleanup_fd struct fd_ref r = fd_borrow(t, fd);
	struct file *f = r.file;

	return f ? vfs_llseek(f, offset, whence) : -EBADF;
}
