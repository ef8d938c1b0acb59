/* sendfile(2), copy_file_range(2) */
#include <sys/resource.h>

#include "fs/fdtable.h"
#include "fs/file.h"
#include "fs/splice.h"
#include "gen/sys_proto.h"
#include "kernel/signal.h"
#include "kernel/task.h"
#include "mm/uaccess.h"

static void signal_of(struct task *t, ssize_t n, const struct write_opts *opts)
{
	siginfo_t info;
	int sig = n == -EPIPE ? SIGPIPE : n == -EFBIG && opts->hit_limit ? SIGXFSZ : 0;

	if (!sig)
		return;
	signal_info_user(&info, sig, SI_USER, t);
	signal_send_task(t, &info);
}

static struct write_opts opts_of(struct task *t)
{
	return (struct write_opts){.fsize_limit = task_rlimit(t, RLIMIT_FSIZE), .cred = t->cred};
}

long sys_sendfile(struct task *t, int out_fd, int in_fd, uaddr_t offset, size_t count)
{
	cleanup_file struct file *in = NULL;
	cleanup_file struct file *out = NULL;
	struct write_opts opts = opts_of(t);
	off_t pos = 0;
	ssize_t n;

	if (offset && get_user(t, &pos, offset))
		return -EFAULT;
	in = fd_get(t, in_fd);
	if (!in || !(in->mode & FMODE_READ))
		return -EBADF;
	if (offset && !(in->mode & FMODE_PREAD))
		return -ESPIPE;
	out = fd_get(t, out_fd);
	if (!out)
		return -EBADF;
	n = vfs_sendfile(in, offset ? &pos : NULL, out, count, &opts);
	signal_of(t, n, &opts);
	if (offset && n > 0 && put_user(t, pos, offset))
		return -EFAULT;
	return n;
}

long sys_copy_file_range(struct task *t, int fd_in, uaddr_t off_in, int fd_out, uaddr_t off_out,
			 size_t len, u32 flags)
{
	cleanup_file struct file *in = fd_get(t, fd_in);
	cleanup_file struct file *out = fd_get(t, fd_out);
	struct write_opts opts = opts_of(t);
	off_t pin = 0, pout = 0;
	ssize_t n;

	if (!in || !out)
		return -EBADF;
	if ((off_in && get_user(t, &pin, off_in)) || (off_out && get_user(t, &pout, off_out)))
		return -EFAULT;
	if (flags)
		return -EINVAL;
	n = vfs_copy_range(in, off_in ? &pin : NULL, out, off_out ? &pout : NULL, len, &opts);
	signal_of(t, n, &opts);
	if (n > 0 &&
	    ((off_in && put_user(t, pin, off_in)) || (off_out && put_user(t, pout, off_out))))
		return -EFAULT;
	return n;
}
