/*
 * splice(2) and tee(2) (pipe_splice.h).
 *
 * The other file is read and written without pipe->mu, which stands behind the
 * locks of files.  Meanwhile the slots it fills are reserved, and the slots it
 * empties are taken (tail_taken): other readers wait, writers go on behind.
 *
 * Bytes are copied where Linux moves or shares pages; nobody can tell, except
 * that what tee(2) gave does not change with its source.
 *
 * Locks: pipe->mu; two of them by address.
 */
#include "fs/pipe_splice.h"

#include <sys/epoll.h>

#include "fs/file.h"
#include "fs/pipe.h"
#include "fs/pipe_internal.h"
#include "lib/alloc.h"

/* How many slots this splice may fill, reserved; 0 does not happen. */
static int reserve(struct file *pipe, size_t len, bool nonblock)
{
	struct pipe *p = file_pipe(pipe);
	u32 want = (u32)min((len + PAGE_SIZE - 1) / PAGE_SIZE, (size_t)PIPE_RUN_MAX);
	int ret;

	mutex_lock(&p->mu);
	ret = pipe_wait_writable_locked(pipe, nonblock);
	if (ret > 0) {
		ret = (int)min(want, p->nr_slots - pipe_used(p) - p->reserved);
		p->reserved += (u32)ret;
	}
	mutex_unlock(&p->mu);
	return ret;
}

static ssize_t read_run(struct pipe_run *run, struct file *in, off_t *pos, size_t len)
{
	struct iov_iter it;

	iov_iter_kernel(&it, run->data, min(len, run->nr_pages * PAGE_SIZE));
	return pos ? vfs_pread(in, &it, pos) : vfs_read(in, &it);
}

ssize_t splice_to_pipe(struct file *in, off_t *pos, struct file *pipe, size_t len, bool nonblock)
{
	cleanup_free struct pipe_run *run = NULL;
	struct pipe *p = file_pipe(pipe);
	int nr = reserve(pipe, len, nonblock);
	ssize_t n;

	if (nr < 0)
		return nr;
	run = pipe_run_alloc((u32)nr);
	n = run ? read_run(run, in, pos, len) : -ENOMEM;
	mutex_lock(&p->mu);
	p->reserved -= (u32)nr;
	if (n > 0) {
		pipe_run_commit(p, steal(&run), (size_t)n, false);
		pipe_wake_readers(p);
	} else {
		pipe_wake_writers(p);
	}
	mutex_unlock(&p->mu);
	return n;
}

/* Give @n bytes of the first slot up. */
static void consume_locked(struct pipe *p, u32 n)
{
	struct pipe_slot *s = pipe_slot(p, p->tail);

	s->off += n;
	s->len -= n;
	if (!s->len)
		pipe_drop_tail(p);
}

/* Write the first slot, as far as @len goes; the tail is ours. */
static ssize_t write_tail(struct pipe *p, struct file *out, off_t *pos, size_t len,
			  struct write_opts *opts, bool *ret_short)
{
	struct iov_iter it;
	u8 *from;
	u32 part;
	ssize_t n;

	mutex_lock(&p->mu);
	part = pipe_used(p) ? (u32)min((size_t)pipe_slot(p, p->tail)->len, len) : 0;
	from = part ? pipe_slot(p, p->tail)->page + pipe_slot(p, p->tail)->off : NULL;
	mutex_unlock(&p->mu);
	*ret_short = true;
	if (!part)
		return 0;
	iov_iter_kernel(&it, from, part);
	n = pos ? vfs_pwrite_opts(out, &it, pos, opts) : vfs_write_opts(out, &it, opts);
	if (n <= 0)
		return n;
	*ret_short = (u32)n < part;
	mutex_lock(&p->mu);
	consume_locked(p, (u32)n);
	pipe_wake_writers(p);
	mutex_unlock(&p->mu);
	return n;
}

ssize_t splice_from_pipe(struct file *pipe, struct file *out, off_t *pos, size_t len,
			 struct write_opts *opts, bool nonblock)
{
	struct pipe *p = file_pipe(pipe);
	size_t done = 0;
	bool stop;
	ssize_t n;

	mutex_lock(&p->mu);
	n = pipe_wait_readable_locked(pipe, nonblock);
	if (n > 0)
		p->tail_taken = true;
	mutex_unlock(&p->mu);
	if (n <= 0)
		return n;
	do {
		n = write_tail(p, out, pos, len - done, opts, &stop);
		if (n > 0)
			done += (size_t)n;
	} while (!stop && done < len);
	mutex_lock(&p->mu);
	p->tail_taken = false;
	pipe_wake_readers(p);
	mutex_unlock(&p->mu);
	return done ? (ssize_t)done : n;
}

/* Copy up to @len bytes of slot @i of @in to a new one of @out. */
static ssize_t copy_slot(struct pipe *in, u32 i, struct pipe *out, size_t len)
{
	const struct pipe_slot *s = pipe_slot(in, i);
	u32 part = (u32)min((size_t)s->len, len);
	struct pipe_run *run = pipe_run_alloc(1);

	if (!run)
		return -ENOMEM;
	memcpy(run->data, s->page + s->off, part);
	pipe_run_commit(out, run, part, s->packet);
	return part;
}

static ssize_t move_locked(struct pipe *in, struct pipe *out, size_t len, bool tee)
{
	size_t done = 0;
	ssize_t n = 0;
	u32 i = in->tail;

	while (done < len && i != in->head && !pipe_is_full(out)) {
		n = copy_slot(in, i, out, len - done);
		if (n < 0)
			break;
		done += (size_t)n;
		i++;
		if (!tee)
			consume_locked(in, (u32)n);
	}
	if (done)
		pipe_wake_readers(out);
	if (done && !tee)
		pipe_wake_writers(in);
	return done ? (ssize_t)done : n;
}

/* Sleep until one can be read and the other written; 1, 0 at the end, or an error. */
static int wait_both(struct file *in, struct file *out, bool nonblock)
{
	int ret;

	mutex_lock(&file_pipe(in)->mu);
	ret = pipe_wait_readable_locked(in, nonblock);
	mutex_unlock(&file_pipe(in)->mu);
	if (ret <= 0)
		return ret;
	mutex_lock(&file_pipe(out)->mu);
	ret = pipe_wait_writable_locked(out, nonblock);
	mutex_unlock(&file_pipe(out)->mu);
	return ret;
}

ssize_t splice_pipes(struct file *in, struct file *out, size_t len, bool tee, bool nonblock)
{
	struct pipe *from = file_pipe(in), *to = file_pipe(out);
	ssize_t n;

	if (from == to)
		return -EINVAL;
	do {
		n = wait_both(in, out, nonblock);
		if (n <= 0)
			break;
		mutex_lock_pair(&from->mu, &to->mu);
		/* Somebody else may have been quicker: then it is 0, and we wait again. */
		n = pipe_can_read(from) ? move_locked(from, to, len, tee) : 0;
		mutex_unlock_pair(&from->mu, &to->mu);
	} while (n == 0);
	return n;
}
