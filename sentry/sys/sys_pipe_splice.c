/* splice(2), tee(2), vmsplice(2) */
#include <fcntl.h>
#include <poll.h>

#include "fs/fdtable.h"
#include "fs/file.h"
#include "fs/pipe.h"
#include "fs/pipe_splice.h"
#include "gen/sys_proto.h"
#include "kernel/signal.h"
#include "kernel/task.h"
#include "lib/alloc.h"
#include "mm/uaccess.h"

#define SPLICE_KNOWN (SPLICE_F_MOVE | SPLICE_F_NONBLOCK | SPLICE_F_MORE | SPLICE_F_GIFT)

/* An offset goes with a file that has positions, never with a pipe. */
static int get_offset(struct task *t, const struct file *f, uaddr_t uoff, off_t *ret)
{
	if (!uoff)
		return 0;
	if (file_is_pipe(f))
		return -ESPIPE;
	if (get_user(t, ret, uoff))
		return -EFAULT;
	if (!(f->mode & FMODE_PREAD))
		return -EINVAL;
	return *ret < 0 ? -EINVAL : 0;
}

static ssize_t do_splice(struct task *t, struct file *in, off_t *pin, struct file *out, off_t *pout,
			 size_t len, bool nonblock)
{
	struct write_opts opts = {
		.fsize_limit = task_rlimit(t, RLIMIT_FSIZE),
		.cred = t->cred,
	};
	ssize_t n;

	if (file_is_pipe(in) && file_is_pipe(out))
		return splice_pipes(in, out, len, false, nonblock);
	if (file_is_pipe(out))
		return in->ops->read ? splice_to_pipe(in, pin, out, len, nonblock) : -EINVAL;
	if (!file_is_pipe(in) || !out->ops->write || file_flags(out) & O_APPEND)
		return -EINVAL;
	n = splice_from_pipe(in, out, pout, len, &opts, nonblock);
	if (n == -EFBIG && opts.hit_limit) {
		siginfo_t info;

		signal_info_user(&info, SIGXFSZ, SI_USER, t);
		(void)signal_send_task(t, &info);
	}
	return n;
}

long sys_splice(struct task *t, int fd_in, uaddr_t off_in, int fd_out, uaddr_t off_out, size_t len,
		int flags)
{
	cleanup_file struct file *in = NULL, *out = NULL;
	off_t pin = 0, pout = 0;
	ssize_t n;
	int err;

	if (!len)
		return 0;
	if (flags & ~SPLICE_KNOWN)
		return -EINVAL;
	in = fd_get(t, fd_in);
	out = fd_get(t, fd_out);
	if (!in || !out)
		return -EBADF;
	err = get_offset(t, in, off_in, &pin);
	if (!err)
		err = get_offset(t, out, off_out, &pout);
	if (err)
		return err;
	if (!(in->mode & FMODE_READ) || !(out->mode & FMODE_WRITE))
		return -EBADF;
	n = do_splice(t, in, off_in ? &pin : NULL, out, off_out ? &pout : NULL,
		      min(len, (size_t)MAX_RW_COUNT), flags & SPLICE_F_NONBLOCK);
	if (n > 0 &&
	    ((off_in && put_user(t, pin, off_in)) || (off_out && put_user(t, pout, off_out))))
		return -EFAULT;
	return n;
}

long sys_tee(struct task *t, int fdin, int fdout, size_t len, int flags)
{
	cleanup_file struct file *in = NULL, *out = NULL;

	if (flags & ~SPLICE_KNOWN)
		return -EINVAL;
	if (!len)
		return 0;
	in = fd_get(t, fdin);
	out = fd_get(t, fdout);
	if (!in || !out || !(in->mode & FMODE_READ) || !(out->mode & FMODE_WRITE))
		return -EBADF;
	if (!file_is_pipe(in) || !file_is_pipe(out))
		return -EINVAL;
	return splice_pipes(in, out, len, true, flags & SPLICE_F_NONBLOCK);
}

/* With SPLICE_F_NONBLOCK a look before the leap: what is ready is not waited for. */
static ssize_t move_user(struct file *f, struct iov_iter *it, bool nonblock)
{
	poll_t ready = vfs_poll(f);

	if (f->mode & FMODE_WRITE) {
		if (nonblock && !(ready & (POLLOUT | POLLERR)))
			return -EAGAIN;
		return vfs_write(f, it);
	}
	if (nonblock && !(ready & (POLLIN | POLLHUP)))
		return -EAGAIN;
	return vfs_read(f, it);
}

long sys_vmsplice(struct task *t, int fd, uaddr_t uiov, unsigned long nr_segs, int flags)
{
	cleanup_file struct file *f = NULL;
	struct iov_seg fast[UIO_FASTIOV], *segs;
	struct iov_iter it;
	ssize_t n;

	if (flags & ~SPLICE_KNOWN)
		return -EINVAL;
	f = fd_get(t, fd);
	if (!f || !(f->mode & (FMODE_READ | FMODE_WRITE)))
		return -EBADF;
	if (!file_is_pipe(f))
		return -EBADF;
	n = iovec_from_user(t, uiov, nr_segs, fast, &segs);
	if (n < 0)
		return n;
	iov_iter_segs(&it, t->mm, segs, nr_segs);
	iov_iter_truncate(&it, (size_t)n);
	n = n ? move_user(f, &it, flags & SPLICE_F_NONBLOCK) : 0;
	if (segs != fast)
		kfree(segs);
	return n;
}
