/*
 * The side of a pseudo terminal that programs run on (pty.h).
 *
 * Locks: pty->mu guards the line discipline; guest bytes are copied without it.
 */
#include <asm/termbits.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>

#include "fs/tty/internal.h"
#include "fs/tty/pty.h"
#include "lib/alloc.h"
#include "lib/park.h"

#define CHUNK        1024u
#define VTIME_NS     (100 * NSEC_PER_MSEC)
#define POLLOUT_ROOM (OUT_LIMIT / 2)

/* A read under way. */
struct reading {
	struct pty *pty;
	struct file *f;
	struct iov_iter *dst;
	u32 min;
	u64 time; /* ns; 0: no limit */
	u64 start;
	ssize_t done;
	bool canon;
};

/* Sleep until there is something to read.  0, or how the read ends. */
static int wait_input_locked(struct reading *r) REQUIRES(r->pty->mu)
{
	u64 deadline = PARK_FOREVER;
	int err;

	if (tty_is_hung_up(&r->pty->tty))
		return -EIO;
	if (!r->canon && r->min == 0) {
		if (!r->time)
			return -ETIMEDOUT;
		deadline = r->start + r->time;
	} else if (!r->canon && r->time && r->done) {
		deadline = now_ns() + r->time;
	}
	if (file_nonblock(r->f))
		return -EAGAIN;
	err = waitq_wait_deadline_locked(r->f->wq, EPOLLIN | EPOLLHUP, &r->pty->mu, deadline);
	return err;
}

/* Take and copy what is there; true: the read is over. */
static bool take_input(struct reading *r, int *ret_err)
{
	struct pty *pty = r->pty;
	struct n_tty_events ev = {0};
	u32 want = (u32)min(iov_iter_count(r->dst), (size_t)CHUNK), n = 0;
	bool end = false;
	u8 buf[CHUNK];
	ssize_t moved;
	int err = 0;

	mutex_lock(&pty->mu);
	while (!(n = n_tty_take(&pty->n, buf, want, &end)) && !end && !err) {
		pty_pump_locked(pty, &ev);
		if (!n_tty_readable(&pty->n, 1))
			err = wait_input_locked(r);
	}
	pty_pump_locked(pty, &ev);
	mutex_unlock(&pty->mu);
	ev.writable = true;
	pty_tell(pty, &ev);
	moved = n ? copy_to_iter_some(r->dst, buf, n) : 0;
	if (moved < (ssize_t)n)
		err = -EFAULT;
	r->done += max(moved, (ssize_t)0);
	*ret_err = err;
	return err || end || !iov_iter_count(r->dst);
}

static ssize_t slave_read(struct tty *tty, struct file *f, struct iov_iter *dst)
{
	struct pty *pty = to_pty(tty);
	struct reading r = {.pty = pty, .f = f, .dst = dst, .start = now_ns()};
	int err = 0;

	if (!iov_iter_count(dst))
		return 0;
	mutex_lock(&pty->mu);
	r.canon = pty->n.tio.lflag & ICANON && !(pty->n.tio.lflag & EXTPROC);
	r.min = pty->n.tio.cc[VMIN];
	r.time = pty->n.tio.cc[VTIME] * VTIME_NS;
	mutex_unlock(&pty->mu);
	while (!take_input(&r, &err)) {
		if (!r.canon && r.done >= (ssize_t)max(r.min, 1u))
			break;
	}
	if (r.done || err == -ETIMEDOUT)
		return r.done;
	return err == -EIO && tty_is_hung_up(tty) ? 0 : err;
}

/* Give @n bytes to the screen, sleeping for room; how many went. */
static ssize_t put_output(struct pty *pty, struct file *f, const u8 *buf, u32 n)
{
	u32 done = 0;
	int err = 0;

	mutex_lock(&pty->mu);
	while (done < n && !err) {
		u32 took = n_tty_write(&pty->n, buf + done, n - done);

		done += took;
		if (tty_is_hung_up(&pty->tty) || !pty->master_open)
			err = -EIO;
		else if (took)
			waitq_wake(&pty->master_wq, EPOLLIN);
		else
			err = file_wait_locked(f, EPOLLOUT, &pty->mu);
	}
	mutex_unlock(&pty->mu);
	return done ? (ssize_t)done : err;
}

static ssize_t slave_write(struct tty *tty, struct file *f, struct iov_iter *src)
{
	u8 buf[CHUNK];
	ssize_t done = 0, n = 0;

	while (iov_iter_count(src)) {
		ssize_t got = copy_from_iter_some(buf, src, min(iov_iter_count(src), sizeof(buf)));

		n = got <= 0 ? got : put_output(to_pty(tty), f, buf, (u32)got);
		if (n > 0)
			done += n;
		if (n <= 0 || n < got)
			break;
	}
	return done ? done : n;
}

static poll_t slave_poll(struct tty *tty, struct file *f)
{
	struct pty *pty = to_pty(tty);
	poll_t ready = 0;
	u32 want;

	(void)f;
	mutex_lock(&pty->mu);
	want = pty->n.tio.cc[VTIME] ? 1 : pty->n.tio.cc[VMIN];
	if (n_tty_readable(&pty->n, want))
		ready |= EPOLLIN | EPOLLRDNORM;
	if (!pty->master_open)
		ready |= EPOLLHUP;
	if (n_tty_write_room(&pty->n) && pty->n.out.len < POLLOUT_ROOM)
		ready |= EPOLLOUT | EPOLLWRNORM;
	mutex_unlock(&pty->mu);
	return ready;
}

static int slave_get_termios(struct tty *tty, struct tty_termios *ret)
{
	struct pty *pty = to_pty(tty);

	mutex_lock(&pty->mu);
	*ret = pty->n.tio;
	mutex_unlock(&pty->mu);
	return 0;
}

static int slave_drain(struct tty *tty, struct file *f)
{
	struct pty *pty = to_pty(tty);
	int err = 0;

	mutex_lock(&pty->mu);
	while (pty->n.out.len && pty->master_open && !err)
		err = waitq_wait_locked(f->wq, EPOLLOUT, &pty->mu);
	mutex_unlock(&pty->mu);
	return err;
}

/* What the master of a packet mode pair hears of a change of settings. */
static void packet_settings_locked(struct pty *pty, const struct tty_termios *old) REQUIRES(pty->mu)
{
	const struct tty_termios *new = &pty->n.tio;
	bool had = old->iflag & IXON && old->cc[VSTOP] == 19 && old->cc[VSTART] == 17;
	bool has = new->iflag &IXON &&new->cc[VSTOP] == 19 && new->cc[VSTART] == 17;

	if (!pty->packet)
		return;
	if (had != has) {
		pty->packet_status &= (u8) ~(TIOCPKT_DOSTOP | TIOCPKT_NOSTOP);
		pty->packet_status |= has ? TIOCPKT_DOSTOP : TIOCPKT_NOSTOP;
	}
	if ((old->lflag ^ new->lflag) & EXTPROC || new->lflag & EXTPROC)
		pty->packet_status |= TIOCPKT_IOCTL;
}

static int slave_set_termios(struct tty *tty, const struct tty_termios *tio, enum tty_when when,
			     struct file *f)
{
	struct pty *pty = to_pty(tty);
	struct n_tty_events ev = {0};
	struct tty_termios old, fixed = *tio;
	int err = when == TTY_NOW ? 0 : slave_drain(tty, f);

	if (err)
		return err;
	/* As on Linux: a pseudo terminal has eight bits, no parity, and is always on. */
	fixed.cflag &= ~(u32)(CSIZE | PARENB);
	fixed.cflag |= CS8 | CREAD;
	mutex_lock(&pty->mu);
	old = pty->n.tio;
	if (when == TTY_FLUSH) {
		n_tty_flush_input(&pty->n);
		pty->typed.len = 0;
	}
	n_tty_set_termios(&pty->n, &fixed, &ev);
	packet_settings_locked(pty, &old);
	pty_pump_locked(pty, &ev);
	mutex_unlock(&pty->mu);
	ev.writable = true;
	pty_tell(pty, &ev);
	return 0;
}

static int slave_get_winsize(struct tty *tty, struct tty_winsize *ret)
{
	struct pty *pty = to_pty(tty);

	mutex_lock(&pty->mu);
	*ret = pty->ws;
	mutex_unlock(&pty->mu);
	return 0;
}

static int slave_set_winsize(struct tty *tty, const struct tty_winsize *ws)
{
	struct pty *pty = to_pty(tty);

	mutex_lock(&pty->mu);
	pty->ws = *ws;
	mutex_unlock(&pty->mu);
	return 0;
}

static int slave_flush(struct tty *tty, int queue)
{
	struct pty *pty = to_pty(tty);
	struct n_tty_events ev = {.writable = true};

	mutex_lock(&pty->mu);
	if (queue != TCOFLUSH) {
		n_tty_flush_input(&pty->n);
		pty->typed.len = 0;
		ev.flushed = true;
	}
	if (queue != TCIFLUSH) {
		n_tty_flush_output(&pty->n);
		if (pty->packet)
			pty->packet_status |= TIOCPKT_FLUSHWRITE;
	}
	mutex_unlock(&pty->mu);
	pty_tell(pty, &ev);
	return 0;
}

static int slave_flow(struct tty *tty, int action)
{
	struct pty *pty = to_pty(tty);
	struct n_tty_events ev = {.writable = true};

	mutex_lock(&pty->mu);
	switch (action) {
	case TCOOFF:
		ev.stopped = !pty->n.held;
		pty->n.held = true;
		break;
	case TCOON:
		ev.started = pty->n.held;
		pty->n.held = pty->n.stopped = false;
		break;
	case TCIOFF:
		n_tty_put_raw(&pty->n, pty->n.tio.cc[VSTOP]);
		break;
	case TCION:
		n_tty_put_raw(&pty->n, pty->n.tio.cc[VSTART]);
		break;
	}
	mutex_unlock(&pty->mu);
	pty_tell(pty, &ev);
	return 0;
}

static long slave_pending(struct tty *tty, bool output)
{
	struct pty *pty = to_pty(tty);
	long n;

	mutex_lock(&pty->mu);
	n = output ? pty->n.out.len : n_tty_available(&pty->n);
	mutex_unlock(&pty->mu);
	return n;
}

static void slave_opened(struct tty *tty)
{
	struct pty *pty = to_pty(tty);

	mutex_lock(&pty->mu);
	pty->slave_gone = false;
	mutex_unlock(&pty->mu);
}

static void slave_closed(struct tty *tty)
{
	struct pty *pty = to_pty(tty);

	mutex_lock(&pty->mu);
	pty->slave_gone = __atomic_load_n(&tty->nr_files, __ATOMIC_ACQUIRE) == 0;
	mutex_unlock(&pty->mu);
	waitq_wake(&pty->master_wq, EPOLLIN | EPOLLHUP);
}

static void slave_release(struct tty *tty)
{
	struct pty *pty = to_pty(tty);

	n_tty_fini(&pty->n);
	kfree(pty->typed.buf);
	kfree(pty);
}

const struct tty_ops pty_slave_ops = {
	.read = slave_read,
	.write = slave_write,
	.poll = slave_poll,
	.get_termios = slave_get_termios,
	.set_termios = slave_set_termios,
	.get_winsize = slave_get_winsize,
	.set_winsize = slave_set_winsize,
	.flush = slave_flush,
	.flow = slave_flow,
	.drain = slave_drain,
	.pending = slave_pending,
	.opened = slave_opened,
	.closed = slave_closed,
	.release = slave_release,
};
