/*
 * Standard streams (hostfile.h): bytes pass through, readiness comes from the
 * worker's poll.
 *
 * A read that finds nothing puts itself on the wait queue and tries again
 * before it sleeps, since the poll source's function takes no lock.
 *
 * Locks: none of its own; the host serialises.
 */
#include "fs/hostfile.h"

#include <limits.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "fs/dentry.h"
#include "fs/file.h"
#include "fs/hostfile_internal.h"
#include "fs/inode.h"
#include "host/host.h"
#include "lib/alloc.h"
#include "mm/uaccess.h"
#include "sched/sched.h"

#define HOSTFILE_CHUNK (64u << 10)

static u64 heard; /* atomic: reads that ended */

struct hostfile {
	struct file file;          /* base; hf_release() frees the whole */
	hostfd_t fd;               /* owned; immutable */
	u32 type;                  /* immutable: S_IFMT of the host's file */
	bool nonblock;             /* immutable: the host's descriptor never sleeps */
	bool polled;               /* immutable: source is registered */
	struct poll_source source; /* wakes file.wq */
};

static const struct file_ops hostfile_ops;

static struct hostfile *to_hostfile(const struct file *f)
{
	return container_of(f, struct hostfile, file);
}

static void hf_ready(struct poll_source *s, poll_t ready)
{
	struct hostfile *hf = container_of(s, struct hostfile, source);

	file_wake(&hf->file, ready);
}

static bool hf_is_ready(struct hostfile *hf, short events)
{
	struct pollfd p = {.fd = hf->fd.n, .events = events};

	return host_ppoll(&p, 1, 0) != 0;
}

/* One try that never sleeps: bytes, -EAGAIN, or an error. */
static ssize_t try_once(struct hostfile *hf, void *buf, size_t len, bool writing)
{
	struct iovec iov = {buf, len};
	struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};

	if (hf->type == S_IFSOCK)
		return writing ? host_sendmsg(hf->fd, &msg, MSG_DONTWAIT | MSG_NOSIGNAL)
			       : host_recvmsg(hf->fd, &msg, MSG_DONTWAIT);
	if (hf->polled && !hf->nonblock) {
		if (!hf_is_ready(hf, writing ? POLLOUT : POLLIN))
			return -EAGAIN;
		/* Ready promises no more than this much room. */
		len = min(len, (size_t)(writing ? PIPE_BUF : HOSTFILE_CHUNK));
	}
	return writing ? host_write(hf->fd, buf, len) : host_read(hf->fd, buf, len);
}

static ssize_t try_or_wait(struct hostfile *hf, void *buf, size_t len, bool writing)
{
	poll_t events = (writing ? EPOLLOUT : EPOLLIN) | EPOLLHUP | EPOLLERR;
	ssize_t n = try_once(hf, buf, len, writing);
	int err;

	if (n != -EAGAIN || !hf->polled || file_nonblock(&hf->file))
		return n;
	err = waitq_await_interruptible(hf->file.wq, events,
					(n = try_once(hf, buf, len, writing)) != -EAGAIN);
	return err ? err : n;
}

u64 hostfile_heard(void)
{
	return __atomic_load_n(&heard, __ATOMIC_RELAXED);
}

/* The file's own position is the one the host's descriptor shares with others. */
static bool is_pread(const struct file *f, const off_t *pos)
{
	return pos && pos != &f->pos;
}

static ssize_t hf_read(struct file *f, struct iov_iter *dst, off_t *pos)
{
	struct hostfile *hf = to_hostfile(f);
	size_t len = min(iov_iter_count(dst), (size_t)HOSTFILE_CHUNK);
	cleanup_free u8 *buf = kzalloc(max(len, (size_t)1));
	ssize_t n, moved;

	if (!buf)
		return -ENOMEM;
	n = is_pread(f, pos) ? host_pread(hf->fd, buf, len, *pos)
			     : try_or_wait(hf, buf, len, false);
	__atomic_add_fetch(&heard, 1, __ATOMIC_RELAXED);
	if (n <= 0)
		return n;
	if (pos)
		*pos += n;
	moved = copy_to_iter_some(dst, buf, (size_t)n);
	return moved < n ? -EFAULT : n;
}

static ssize_t hf_write(struct file *f, struct iov_iter *src, off_t *pos)
{
	struct hostfile *hf = to_hostfile(f);
	size_t size = min(max(iov_iter_count(src), (size_t)1), (size_t)HOSTFILE_CHUNK);
	cleanup_free u8 *buf = kzalloc(size);
	ssize_t done = 0, n = 0;

	if (!buf)
		return -ENOMEM;
	while (iov_iter_count(src)) {
		ssize_t got = copy_from_iter_some(buf, src, min(size, iov_iter_count(src)));
		ssize_t off = 0;

		if (got <= 0) {
			n = got;
			break;
		}
		while (off < got) {
			size_t left = (size_t)(got - off);

			n = is_pread(f, pos) ? host_pwrite(hf->fd, buf + off, left, *pos)
					     : try_or_wait(hf, buf + off, left, true);
			if (n <= 0)
				break;
			off += n;
			if (pos)
				*pos += n;
		}
		done += off;
		if (off < got)
			break;
	}
	return done ? done : n;
}

static off_t hf_llseek(struct file *f, off_t off, int whence)
{
	struct hostfile *hf = to_hostfile(f);

	return hf->type == S_IFREG ? host_lseek(hf->fd, off, whence) : -ESPIPE;
}

static poll_t hf_poll(struct file *f)
{
	struct hostfile *hf = to_hostfile(f);
	struct pollfd p = {.fd = hf->fd.n, .events = POLLIN | POLLOUT | POLLPRI | POLLRDHUP};

	return host_ppoll(&p, 1, 0) > 0 ? (poll_t)(u16)p.revents : 0;
}

static long hf_ioctl(struct file *f, struct task *t, unsigned cmd, u64 arg)
{
	struct hostfile *hf = to_hostfile(f);
	int n = 0, err;

	if (cmd != FIONREAD)
		return -ENOTTY;
	err = host_ioctl(hf->fd, FIONREAD, &n);
	return err < 0 ? err : put_user(t, n, arg);
}

static int hf_fsync(struct file *f, bool data_only)
{
	struct hostfile *hf = to_hostfile(f);

	if (hf->type != S_IFREG)
		return -EINVAL;
	return data_only ? host_fdatasync(hf->fd) : host_fsync(hf->fd);
}

static int hf_mmap(struct file *f, struct file_map *map)
{
	struct hostfile *hf = to_hostfile(f);

	if (hf->type != S_IFREG)
		return -ENODEV;
	map->fd = hf->fd;
	return 0;
}

static void hf_release(struct file *f)
{
	struct hostfile *hf = to_hostfile(f);

	if (hf->polled)
		poll_source_del(&hf->source);
	host_close(hf->fd);
	kfree(hf);
}

static const struct file_ops hostfile_ops = {
	.read = hf_read,
	.write = hf_write,
	.llseek = hf_llseek,
	.poll = hf_poll,
	.ioctl = hf_ioctl,
	.mmap = hf_mmap,
	.fsync = hf_fsync,
	.release = hf_release,
	.anon_name = "host",
};

/* What cannot be watched has no poll: epoll_ctl(2) says -EPERM, as natively. */
static const struct file_ops hostfile_still_ops = {
	.read = hf_read,
	.write = hf_write,
	.llseek = hf_llseek,
	.ioctl = hf_ioctl,
	.mmap = hf_mmap,
	.fsync = hf_fsync,
	.release = hf_release,
	.anon_name = "host",
};

bool file_is_hostfile(const struct file *f)
{
	return f->ops == &hostfile_ops || f->ops == &hostfile_still_ops;
}

hostfd_t hostfile_fd(const struct file *f)
{
	return to_hostfile(f)->fd;
}

int hostfile_open_take(hostfd_t fd, struct inode *inode, int flags, struct file **ret)
{
	cleanup_hostfd hostfd_t own = fd;
	int host_flags = host_fcntl(fd, F_GETFL, 0);
	struct hostfile *hf;

	if (host_flags < 0)
		return host_flags;
	hf = kzalloc(sizeof(*hf));
	if (!hf)
		return -ENOMEM;
	file_init(&hf->file, &hostfile_ops, flags);
	file_set_inode(&hf->file, inode);
	hf->fd = steal_hostfd(&own);
	hf->type = inode_mode(inode) & S_IFMT;
	hf->nonblock = host_flags & O_NONBLOCK;
	if (hf->type == S_IFREG)
		hf->file.pos = host_lseek(hf->fd, 0, SEEK_CUR);
	hf->source = (struct poll_source){.fd = hf->fd, .fn = hf_ready};
	/* Regular files and the like cannot be watched: they are always ready. */
	hf->polled = !poll_source_add(&hf->source, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLPRI);
	if (!hf->polled)
		hf->file.ops = &hostfile_still_ops;
	*ret = &hf->file;
	return 0;
}

int hostfile_create_take(hostfd_t fd, struct file **ret)
{
	cleanup_hostfd hostfd_t own = fd;
	cleanup_path struct path path = PATH_NONE;
	int flags = host_fcntl(fd, F_GETFL, 0);
	struct stat st;
	int err;

	if (flags < 0)
		return flags;
	err = host_fstat(fd, &st);
	if (!err)
		err = hostfile_make_path(fd, &st, &path);
	if (!err)
		err = hostfile_open_take(steal_hostfd(&own), path.dentry->inode,
					 flags & (O_ACCMODE | O_APPEND), ret);
	if (!err)
		file_set_path(*ret, &path);
	return err;
}
