/*
 * Pipes: a ring of pages between those who write and those who read.
 *
 * As on Linux the ring has slots (16, F_SETPIPE_SZ changes it), each with one
 * page.  A write fills slots page by page; what does not fill a page may join
 * the last slot if it fits there whole.  So a write of up to PIPE_BUF bytes
 * needs one slot at most and is never split.  In packet mode (O_DIRECT) each
 * write takes slots of its own, and a read takes one.
 *
 * The pages that one write fills lie in a row, so that it takes one copy from
 * the guest, and its reader another.
 *
 * Both ends share one struct pipe, freed with the last file.  The inode (of the
 * fifo, or a nameless one of pipe_fs.c) points at it while a file is open.
 *
 * Locks: inode->mu guards inode->pipe and nr_files; pipe->mu the rest.  Guest
 * bytes are copied under pipe->mu.
 */
#include "fs/pipe.h"

#include <sys/epoll.h>
#include <sys/ioctl.h>

#include "fs/file.h"
#include "fs/inode.h"
#include "fs/pipe_internal.h"
#include "kernel/cred.h"
#include "kernel/signal.h"
#include "lib/alloc.h"
#include "mm/uaccess.h"

#define SLOTS_DEFAULT 16u
#define SLOTS_MIN     2u
#define SIZE_MAX_USER (1u << 20) /* fs.pipe-max-size */
/* Slots one sandbox may have before new pipes get small, and before there are none. */
#define SLOTS_SOFT (1 << 14)
#define SLOTS_HARD (1 << 17)

static s32 slots_in_use; /* atomic */

static struct pipe_file *to_pipe_file(struct file *f)
{
	return container_of(f, struct pipe_file, file);
}

/* Both ends hear it; O_ASYNC owners only through their own file. */
static void wake(struct pipe *p, poll_t events)
{
	struct pipe_file *pf;

	waitq_wake(&p->wq, events);
	if (likely(!p->nr_async) || !file_hooks.sigio)
		return;
	list_for_each_entry (pf, &p->files, node) {
		if (file_flags(&pf->file) & O_ASYNC)
			file_hooks.sigio(&pf->file, events);
	}
}

void pipe_wake_readers(struct pipe *p)
{
	wake(p, EPOLLIN | EPOLLRDNORM);
}

void pipe_wake_writers(struct pipe *p)
{
	wake(p, EPOLLOUT | EPOLLWRNORM);
}

struct pipe_run *pipe_run_alloc(u32 nr)
{
	/* Not zeroed: what is read of a page was written to it. */
	struct pipe_run *run = krealloc(NULL, sizeof(*run) + nr * PAGE_SIZE);

	if (run)
		*run = (struct pipe_run){.nr_pages = nr};
	return run;
}

static struct pipe_run *run_get(struct pipe *p, u32 nr)
{
	return p->spare && p->spare->nr_pages >= nr ? steal(&p->spare) : pipe_run_alloc(nr);
}

/* No slot has it.  The larger is kept: who writes much will do so again. */
static void run_put(struct pipe *p, struct pipe_run *run)
{
	if (p->spare && p->spare->nr_pages >= run->nr_pages) {
		kfree(run);
	} else {
		kfree(p->spare);
		p->spare = run;
	}
}

void pipe_run_commit(struct pipe *p, struct pipe_run *run, size_t n, bool packet)
{
	for (u8 *page = run->data; n; page += PAGE_SIZE) {
		u32 part = (u32)min(n, (size_t)PAGE_SIZE);

		*pipe_slot(p, p->head++) =
			(struct pipe_slot){.run = run, .page = page, .len = part, .packet = packet};
		run->refs++;
		n -= part;
	}
}

void pipe_drop_tail(struct pipe *p)
{
	struct pipe_slot *s = pipe_slot(p, p->tail++);

	if (--s->run->refs == 0)
		run_put(p, s->run);
	*s = (struct pipe_slot){0};
}

/* How many bytes from the first slot on lie in a row, up to @max; a packet is alone. */
static size_t bytes_in_row(struct pipe *p, size_t max)
{
	const struct pipe_slot *s = pipe_slot(p, p->tail), *next;
	size_t n = s->len;

	for (u32 i = p->tail + 1; n < max && i != p->head && !s->packet; i++, s = next) {
		next = pipe_slot(p, i);
		if (next->page + next->off != s->page + s->off + s->len)
			break;
		n += next->len;
	}
	return min(n, max);
}

/* @n bytes from the first slot on were read. */
static void consume(struct pipe *p, size_t n)
{
	while (n) {
		struct pipe_slot *s = pipe_slot(p, p->tail);
		u32 part = (u32)min(n, (size_t)s->len);

		s->off += part;
		s->len -= part;
		n -= part;
		if (!s->len)
			pipe_drop_tail(p);
	}
}

/* What lies in a row, in one copy; bytes moved or -EFAULT.  *@ret_stop: no more for this read. */
static ssize_t read_row(struct pipe *p, struct iov_iter *dst, bool *ret_stop)
{
	struct pipe_slot *s = pipe_slot(p, p->tail);
	size_t n = bytes_in_row(p, iov_iter_count(dst));
	bool packet = s->packet;
	ssize_t got = copy_to_iter_some(dst, s->page + s->off, n);

	*ret_stop = packet || got < (ssize_t)n;
	if (got < 0)
		return got;
	/* What a read leaves of a packet is lost. */
	consume(p, packet && (size_t)got == n ? s->len : (size_t)got);
	return got;
}

/* Everything that is there and fits. */
static ssize_t read_ready(struct pipe *p, struct iov_iter *dst)
{
	ssize_t total = 0;
	bool stop = false;

	while (!stop && pipe_used(p) && iov_iter_count(dst)) {
		ssize_t got = read_row(p, dst, &stop);

		if (got < 0)
			return total ? total : got;
		total += got;
	}
	return total;
}

int pipe_wait_readable_locked(struct file *f, bool nonblock) NO_TSA
{
	struct pipe *p = file_pipe(f);
	int err = 0;

	while (!pipe_can_read(p) && (p->nr_writers || p->tail_taken) && !err)
		err = nonblock ? -EAGAIN : file_wait_locked(f, EPOLLIN, &p->mu);
	return err ? err : pipe_can_read(p);
}

int pipe_wait_writable_locked(struct file *f, bool nonblock) NO_TSA
{
	struct pipe *p = file_pipe(f);
	int err = 0;

	while (!err && p->nr_readers && pipe_is_full(p))
		err = nonblock ? -EAGAIN : file_wait_locked(f, EPOLLOUT, &p->mu);
	if (!err && !p->nr_readers) {
		signal_sigpipe();
		err = -EPIPE;
	}
	return err ? err : 1;
}

static ssize_t pipe_read(struct file *f, struct iov_iter *dst, off_t *pos)
{
	struct pipe *p = file_pipe(f);
	ssize_t ret;

	(void)pos;
	if (!iov_iter_count(dst))
		return 0;
	mutex_lock(&p->mu);
	ret = pipe_wait_readable_locked(f, false);
	if (ret > 0) {
		ret = read_ready(p, dst);
		pipe_wake_writers(p);
	}
	mutex_unlock(&p->mu);
	return ret;
}

/* The odd bytes of a write join the last slot when they fit there whole. */
static ssize_t write_join(struct pipe *p, struct iov_iter *src)
{
	size_t odd = iov_iter_count(src) & (PAGE_SIZE - 1);
	struct pipe_slot *s;
	int err;

	if (!pipe_used(p) || !odd)
		return 0;
	s = pipe_slot(p, p->head - 1);
	if (s->packet || s->off + s->len + odd > PAGE_SIZE)
		return 0;
	err = copy_from_iter(s->page + s->off + s->len, src, odd);
	if (err)
		return err;
	s->len += (u32)odd;
	return (ssize_t)odd;
}

/* As much of the rest as there are slots for, in one copy. */
static ssize_t write_slots(struct pipe *p, struct iov_iter *src, bool packet)
{
	size_t pages = (iov_iter_count(src) + PAGE_SIZE - 1) / PAGE_SIZE;
	u32 room = min(p->nr_slots - pipe_used(p) - p->reserved, PIPE_RUN_MAX);
	u32 nr = (u32)min(pages, (size_t)room);
	struct pipe_run *run = run_get(p, nr);
	size_t want;
	ssize_t got;

	/* Memory may be short for many, and there for one. */
	if (!run && nr > 1) {
		nr = 1;
		run = run_get(p, nr);
	}
	if (!run)
		return -ENOMEM;
	want = min(iov_iter_count(src), nr * PAGE_SIZE);
	got = copy_from_iter_some(run->data, src, want);
	/* As on Linux, a page that faults half way is none. */
	if (got > 0 && (size_t)got < want) {
		got = (ssize_t)ALIGN_DOWN((size_t)got, PAGE_SIZE);
		got = got ? got : -EFAULT;
	}
	if (got <= 0)
		run_put(p, run);
	else
		pipe_run_commit(p, run, (size_t)got, packet);
	return got;
}

/* The next bytes; sleeps while the ring is full. */
static ssize_t write_some(struct file *f, struct pipe *p, struct iov_iter *src)
{
	int ret;

	if (p->nr_readers && pipe_is_full(p))
		pipe_wake_readers(p);
	ret = pipe_wait_writable_locked(f, false);
	return ret < 0 ? ret : write_slots(p, src, file_flags(f) & O_DIRECT);
}

static ssize_t write_all(struct file *f, struct pipe *p, struct iov_iter *src)
{
	ssize_t n = p->nr_readers ? write_join(p, src) : 0, total = 0;

	while (n >= 0) {
		total += n;
		if (!iov_iter_count(src))
			return total;
		n = write_some(f, p, src);
	}
	return total ? total : n;
}

static ssize_t pipe_write(struct file *f, struct iov_iter *src, off_t *pos)
{
	struct pipe *p = file_pipe(f);
	ssize_t ret;

	(void)pos;
	if (!iov_iter_count(src))
		return 0;
	mutex_lock(&p->mu);
	ret = write_all(f, p, src);
	if (ret > 0)
		pipe_wake_readers(p);
	mutex_unlock(&p->mu);
	if (ret > 0 && S_ISFIFO(inode_mode(f->inode)) && !p->nameless) {
		mutex_lock(&f->inode->mu);
		inode_touch_locked(f->inode);
		mutex_unlock(&f->inode->mu);
	}
	return ret;
}

static poll_t pipe_poll(struct file *f)
{
	struct pipe_file *pf = to_pipe_file(f);
	struct pipe *p = pf->pipe;
	poll_t ready = 0;

	mutex_lock(&p->mu);
	if (f->mode & FMODE_READ) {
		if (pipe_can_read(p))
			ready |= EPOLLIN | EPOLLRDNORM;
		/* A reader that was first does not hear of writers that never came. */
		if (!p->nr_writers && pf->writers_seen != p->writer_opens)
			ready |= EPOLLHUP;
	}
	if (f->mode & FMODE_WRITE) {
		if (!pipe_is_full(p))
			ready |= EPOLLOUT | EPOLLWRNORM;
		if (!p->nr_readers)
			ready |= EPOLLERR;
	}
	mutex_unlock(&p->mu);
	return ready;
}

static long pipe_ioctl(struct file *f, struct task *t, unsigned cmd, u64 arg)
{
	struct pipe *p = file_pipe(f);
	int bytes = 0;

	if (cmd != FIONREAD)
		return -ENOTTY;
	mutex_lock(&p->mu);
	for (u32 i = p->tail; i != p->head; i++)
		bytes += (int)pipe_slot(p, i)->len;
	mutex_unlock(&p->mu);
	return put_user(t, bytes, arg);
}

static int pipe_set_flags(struct file *f, u32 flags)
{
	struct pipe *p = file_pipe(f);
	bool was = file_flags(f) & O_ASYNC, is = flags & O_ASYNC;

	mutex_lock(&p->mu);
	p->nr_async += is - was;
	mutex_unlock(&p->mu);
	return 0;
}

static void pipe_free(struct pipe *p)
{
	while (pipe_used(p))
		pipe_drop_tail(p);
	__atomic_sub_fetch(&slots_in_use, (s32)p->nr_slots, __ATOMIC_RELAXED);
	kfree(p->spare);
	kfree(p->slots);
	kfree(p);
}

void pipe_put(struct inode *inode, struct pipe *p)
{
	bool last;

	mutex_lock(&inode->mu);
	last = --p->nr_files == 0;
	if (last)
		inode->pipe = NULL;
	mutex_unlock(&inode->mu);
	if (last)
		pipe_free(p);
}

static void pipe_release(struct file *f)
{
	struct pipe_file *pf = to_pipe_file(f);
	struct pipe *p = pf->pipe;

	mutex_lock(&p->mu);
	list_del(&pf->node);
	if (file_flags(f) & O_ASYNC)
		p->nr_async--;
	if (f->mode & FMODE_READ)
		p->nr_readers--;
	if (f->mode & FMODE_WRITE)
		p->nr_writers--;
	/* One end without the other: everybody is to look again. */
	if (!p->nr_readers != !p->nr_writers)
		wake(p, EPOLLIN | EPOLLOUT | EPOLLRDNORM | EPOLLWRNORM | EPOLLERR | EPOLLHUP);
	mutex_unlock(&p->mu);
	pipe_put(f->inode, p);
	kfree(pf);
}

const struct file_ops pipe_file_ops = {
	.read = pipe_read,
	.write = pipe_write,
	.poll = pipe_poll,
	.ioctl = pipe_ioctl,
	.set_flags = pipe_set_flags,
	.release = pipe_release,
};

bool file_is_pipe(const struct file *f)
{
	return f->ops == &pipe_file_ops;
}

static int ring_charge(s32 nr)
{
	if (__atomic_add_fetch(&slots_in_use, nr, __ATOMIC_RELAXED) <= SLOTS_HARD)
		return 0;
	__atomic_sub_fetch(&slots_in_use, nr, __ATOMIC_RELAXED);
	return -ENFILE;
}

int pipe_alloc(struct pipe **ret)
{
	bool many = __atomic_load_n(&slots_in_use, __ATOMIC_RELAXED) > SLOTS_SOFT;
	u32 nr = many ? SLOTS_MIN : SLOTS_DEFAULT;
	struct pipe *p;
	int err = ring_charge((s32)nr);

	if (err)
		return err;
	p = kzalloc(sizeof(*p));
	if (p)
		p->slots = kcalloc(nr, sizeof(*p->slots));
	if (!p || !p->slots) {
		kfree(p);
		__atomic_sub_fetch(&slots_in_use, (s32)nr, __ATOMIC_RELAXED);
		return -ENOMEM;
	}
	mutex_init(&p->mu, LOCK_PIPE);
	waitq_init(&p->wq);
	list_init(&p->files);
	p->nr_slots = nr;
	*ret = p;
	return 0;
}

long pipe_get_size(struct file *f)
{
	struct pipe *p;
	u32 nr;

	if (!file_is_pipe(f))
		return -EBADF;
	p = file_pipe(f);
	mutex_lock(&p->mu);
	nr = p->nr_slots;
	mutex_unlock(&p->mu);
	return (long)(nr * PAGE_SIZE);
}

/* Put what is in the ring into @slots, which has room for @nr. */
static long resize_locked(struct pipe *p, struct pipe_slot **slots, u32 nr)
{
	u32 n = pipe_used(p);
	struct pipe_slot *old = p->slots;

	if (n + p->reserved > nr || p->tail_taken)
		return -EBUSY;
	for (u32 i = 0; i < n; i++)
		(*slots)[i] = *pipe_slot(p, p->tail + i);
	p->slots = *slots;
	*slots = old;
	p->nr_slots = nr;
	p->tail = 0;
	p->head = n;
	pipe_wake_writers(p);
	return (long)(nr * PAGE_SIZE);
}

long pipe_set_size(struct file *f, const struct cred *cred, u64 size)
{
	struct pipe_slot *slots;
	struct pipe *p;
	u32 nr = 1, old;
	long ret;

	if (!file_is_pipe(f))
		return -EBADF;
	if (size > 1u << 31)
		return -EINVAL;
	while (nr * PAGE_SIZE < size)
		nr *= 2;
	p = file_pipe(f);
	if (nr * PAGE_SIZE > SIZE_MAX_USER && !cred_capable(cred, CAP_SYS_RESOURCE))
		return -EPERM;
	if (ring_charge((s32)nr))
		return -EPERM;
	slots = kcalloc(nr, sizeof(*slots));
	if (!slots) {
		__atomic_sub_fetch(&slots_in_use, (s32)nr, __ATOMIC_RELAXED);
		return -ENOMEM;
	}
	mutex_lock(&p->mu);
	old = p->nr_slots;
	ret = resize_locked(p, &slots, nr);
	mutex_unlock(&p->mu);
	kfree(slots);
	__atomic_sub_fetch(&slots_in_use, (s32)(ret < 0 ? nr : old), __ATOMIC_RELAXED);
	return ret;
}
