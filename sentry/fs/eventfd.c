/*
 * eventfd(2): a counter that wakes those who wait for it
 *
 * A write adds to the counter; a read takes all of it, or one in semaphore
 * mode.  Readable while count > 0, writable while count < EVENTFD_MAX.
 *
 * Locks: ev->mu guards count and is dropped before any copy to the guest,
 * since a copy may fault and sleep.
 */
#include "fs/eventfd.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>

#include "fs/file.h"
#include "lib/alloc.h"
#include "lib/mutex.h"

#define EVENTFD_MAX (UINT64_MAX - 1)

struct eventfd {
	struct file file; /* base; ev_release() frees the whole */
	bool semaphore;   /* immutable */
	int id;           /* immutable: eventfd-id of fdinfo */

	struct mutex mu; /* LOCK_EVENTFD */
	u64 count;       /* guarded by mu */
};

static int next_id; /* atomic */

static struct eventfd *to_eventfd(struct file *f)
{
	return container_of(f, struct eventfd, file);
}

static u64 ev_take_locked(struct eventfd *ev) REQUIRES(ev->mu)
{
	u64 val = ev->semaphore ? 1 : ev->count;

	assert(ev->count > 0);
	ev->count -= val;
	return val;
}

static ssize_t ev_read(struct file *f, struct iov_iter *dst, off_t *pos)
{
	struct eventfd *ev = to_eventfd(f);
	u64 val = 0;
	int err = 0;

	(void)pos;
	if (iov_iter_count(dst) < sizeof(val))
		return -EINVAL;

	mutex_lock(&ev->mu);
	while (ev->count == 0 && !err)
		err = file_wait_locked(f, EPOLLIN, &ev->mu);
	if (!err)
		val = ev_take_locked(ev);
	mutex_unlock(&ev->mu);
	if (err)
		return err;

	file_wake(f, EPOLLOUT | EPOLLWRNORM);
	/* As on Linux, a read that faults here has still taken the value. */
	err = copy_to_iter(dst, &val, sizeof(val));
	return err ? err : (ssize_t)sizeof(val);
}

static ssize_t ev_write(struct file *f, struct iov_iter *src, off_t *pos)
{
	struct eventfd *ev = to_eventfd(f);
	u64 val;
	int err;

	(void)pos;
	if (iov_iter_count(src) < sizeof(val))
		return -EINVAL;
	err = copy_from_iter(&val, src, sizeof(val));
	if (err)
		return err;
	if (val > EVENTFD_MAX)
		return -EINVAL;

	mutex_lock(&ev->mu);
	while (ev->count > EVENTFD_MAX - val && !err)
		err = file_wait_locked(f, EPOLLOUT, &ev->mu);
	if (!err)
		ev->count += val;
	mutex_unlock(&ev->mu);
	if (err)
		return err;

	file_wake(f, EPOLLIN | EPOLLRDNORM);
	return sizeof(val);
}

static poll_t ev_poll(struct file *f)
{
	struct eventfd *ev = to_eventfd(f);
	poll_t ready = 0;

	mutex_lock(&ev->mu);
	if (ev->count > 0)
		ready |= EPOLLIN;
	if (ev->count < EVENTFD_MAX)
		ready |= EPOLLOUT;
	mutex_unlock(&ev->mu);
	return ready;
}

static size_t ev_fdinfo(struct file *f, char *buf, size_t size)
{
	struct eventfd *ev = to_eventfd(f);
	u64 count;
	int n;

	mutex_lock(&ev->mu);
	count = ev->count;
	mutex_unlock(&ev->mu);
	n = snprintf(buf, size, "eventfd-count: %16llx\neventfd-id: %d\neventfd-semaphore: %d\n",
		     (unsigned long long)count, ev->id, ev->semaphore);
	return n < 0 ? 0 : min((size_t)n, size);
}

static void ev_release(struct file *f)
{
	kfree(to_eventfd(f));
}

static const struct file_ops eventfd_ops = {
	.read = ev_read,
	.write = ev_write,
	.poll = ev_poll,
	.show_fdinfo = ev_fdinfo,
	.release = ev_release,
	.anon_name = "eventfd",
};

int eventfd_create(u32 initval, int flags, struct file **ret)
{
	struct eventfd *ev = kzalloc(sizeof(*ev));

	if (!ev)
		return -ENOMEM;
	file_init(&ev->file, &eventfd_ops, O_RDWR | (flags & EFD_NONBLOCK ? O_NONBLOCK : 0));
	mutex_init(&ev->mu, LOCK_EVENTFD);
	ev->semaphore = flags & EFD_SEMAPHORE;
	ev->count = initval;
	ev->id = __atomic_fetch_add(&next_id, 1, __ATOMIC_RELAXED);
	*ret = &ev->file;
	return 0;
}
