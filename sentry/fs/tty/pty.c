/*
 * Pseudo terminals: the pair, its number, and the master's file (pty.h).
 *
 * Locks: pty->mu, see pty.h; table_lock, a spinlock, guards the numbers.
 */
#include "fs/tty/pty.h"

#include <asm/termbits.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/sysmacros.h>

#include "fs/fdtable.h"
#include "fs/inode.h"
#include "fs/open.h"
#include "fs/tty/internal.h"
#include "kernel/task.h"
#include "lib/alloc.h"
#include "mm/uaccess.h"

#define PTS_MAJOR  136
#define TYPED_SIZE (16u << 10)
#define CHUNK      1024u

static struct spinlock table_lock;
static struct pty *table[PTY_MAX]; /* guarded by table_lock; weak: a dying one is not given out */
static bool console_reserved;      /* set before guests run */

static const struct file_ops master_ops;

u32 queue_room(const struct byte_queue *q)
{
	return q->size - q->len;
}

void queue_put(struct byte_queue *q, const u8 *buf, u32 len)
{
	while (len--)
		q->buf[(q->head + q->len++) % q->size] = *buf++;
}

bool queue_take(struct byte_queue *q, u8 *ret)
{
	if (!q->len)
		return false;
	*ret = q->buf[q->head];
	q->head = (q->head + 1) % q->size;
	q->len--;
	return true;
}

void pty_reserve_console(void)
{
	console_reserved = true;
}

struct pty *pty_find(unsigned index)
{
	struct pty *pty = NULL;

	spin_lock(&table_lock);
	if (index < PTY_MAX && table[index] && ref_get_unless_zero(&table[index]->tty.ref))
		pty = table[index];
	spin_unlock(&table_lock);
	return pty;
}

unsigned pty_next(unsigned index)
{
	spin_lock(&table_lock);
	while (index < PTY_MAX && !table[index])
		index++;
	spin_unlock(&table_lock);
	return index;
}

static int take_number(struct pty *pty)
{
	unsigned i = console_reserved ? 1 : 0;

	spin_lock(&table_lock);
	while (i < PTY_MAX && table[i])
		i++;
	if (i < PTY_MAX)
		table[i] = pty;
	spin_unlock(&table_lock);
	pty->index = i;
	return i < PTY_MAX ? 0 : -ENOSPC;
}

static void drop_number(struct pty *pty)
{
	spin_lock(&table_lock);
	table[pty->index] = NULL;
	spin_unlock(&table_lock);
}

void pty_pump_locked(struct pty *pty, struct n_tty_events *ev)
{
	u8 c;

	while (n_tty_room(&pty->n) && queue_take(&pty->typed, &c))
		n_tty_receive(&pty->n, c, ev);
}

void pty_tell(struct pty *pty, const struct n_tty_events *ev)
{
	u8 status = (u8)((ev->started ? TIOCPKT_START : 0) | (ev->stopped ? TIOCPKT_STOP : 0) |
			 (ev->flushed ? TIOCPKT_FLUSHREAD : 0));

	if (status) {
		mutex_lock(&pty->mu);
		if (pty->packet)
			pty->packet_status |= status;
		mutex_unlock(&pty->mu);
	}
	for (int sig = 1; ev->signals >> (sig - 1); sig++) {
		if (ev->signals >> (sig - 1) & 1)
			(void)!tty_signal(&pty->tty, sig);
	}
	if (ev->readable)
		waitq_wake(&pty->tty.wq, EPOLLIN | EPOLLRDNORM);
	if (ev->writable)
		waitq_wake(&pty->tty.wq, EPOLLOUT | EPOLLWRNORM);
	/* Echoes, packets, room for typing: the master looks for itself. */
	waitq_wake(&pty->master_wq, EPOLLIN | EPOLLOUT | EPOLLPRI);
}

static struct pty *pty_of(const struct file *f)
{
	return to_pty(container_of(f, struct tty_file, file)->tty);
}

struct tty *pty_master_tty(const struct file *f)
{
	return f->ops == &master_ops ? &pty_of(f)->tty : NULL;
}

/* What the master reads next: a packet's status byte, or bytes (with a 0 in front in packet mode).
 */
static u32 take_for_master_locked(struct pty *pty, u8 *buf, u32 size) REQUIRES(pty->mu)
{
	u32 n;

	if (pty->packet && pty->packet_status) {
		buf[0] = pty->packet_status;
		pty->packet_status = 0;
		return 1;
	}
	if (!pty->packet)
		return n_tty_take_output(&pty->n, buf, size);
	n = n_tty_take_output(&pty->n, buf + 1, size - 1);
	buf[0] = TIOCPKT_DATA;
	return n || (pty->n.out.len && size == 1) ? n + 1 : 0;
}

static ssize_t master_read(struct file *f, struct iov_iter *dst, off_t *pos)
{
	struct pty *pty = pty_of(f);
	u32 size = (u32)min(iov_iter_count(dst), (size_t)CHUNK), n = 0;
	u8 buf[CHUNK];
	ssize_t moved;
	int err = 0;

	(void)pos;
	if (!size)
		return 0;
	mutex_lock(&pty->mu);
	while (!(n = take_for_master_locked(pty, buf, size)) && !err) {
		if (pty->slave_gone)
			err = -EIO;
		else
			err = file_wait_locked(f, EPOLLIN, &pty->mu);
	}
	mutex_unlock(&pty->mu);
	if (err)
		return err;
	waitq_wake(&pty->tty.wq, EPOLLOUT | EPOLLWRNORM);
	moved = copy_to_iter_some(dst, buf, n);
	return moved;
}

/* Type @n bytes; how many were taken, or an error if none. */
static ssize_t type(struct pty *pty, struct file *f, const u8 *buf, u32 n)
{
	struct n_tty_events ev = {0};
	u32 done = 0;
	int err = 0;

	mutex_lock(&pty->mu);
	while (done < n && !err) {
		u32 took = min(n - done, queue_room(&pty->typed));

		queue_put(&pty->typed, buf + done, took);
		done += took;
		pty_pump_locked(pty, &ev);
		if (!took && !queue_room(&pty->typed)) {
			/* The reader has to hear of what is there before we sleep. */
			if (ev.readable)
				waitq_wake(&pty->tty.wq, EPOLLIN);
			err = file_wait_locked(f, EPOLLOUT, &pty->mu);
		}
	}
	mutex_unlock(&pty->mu);
	pty_tell(pty, &ev);
	return done ? (ssize_t)done : err;
}

static ssize_t master_write(struct file *f, struct iov_iter *src, off_t *pos)
{
	struct pty *pty = pty_of(f);
	u8 buf[CHUNK];
	ssize_t done = 0, n = 0;

	(void)pos;
	while (iov_iter_count(src)) {
		ssize_t got = copy_from_iter_some(buf, src, min(iov_iter_count(src), sizeof(buf)));

		n = got <= 0 ? got : type(pty, f, buf, (u32)got);
		if (n > 0)
			done += n;
		if (n <= 0 || n < got)
			break;
	}
	return done ? done : n;
}

static poll_t master_poll(struct file *f)
{
	struct pty *pty = pty_of(f);
	poll_t ready = 0;

	mutex_lock(&pty->mu);
	if (pty->n.out.len || (pty->packet && pty->packet_status))
		ready |= EPOLLIN | EPOLLRDNORM;
	if (pty->packet && pty->packet_status)
		ready |= EPOLLPRI;
	if (pty->slave_gone)
		ready |= EPOLLHUP;
	if (queue_room(&pty->typed))
		ready |= EPOLLOUT | EPOLLWRNORM;
	mutex_unlock(&pty->mu);
	return ready;
}

static long set_flag(struct pty *pty, struct task *t, uaddr_t arg, bool *flag)
{
	int on;

	if (get_user(t, &on, arg))
		return -EFAULT;
	mutex_lock(&pty->mu);
	*flag = on;
	if (flag == &pty->packet)
		pty->packet_status = 0;
	mutex_unlock(&pty->mu);
	return 0;
}

/* TIOCGPTPEER: a descriptor of the slave, whatever is mounted where. */
static long open_peer(struct pty *pty, struct task *t, int flags)
{
	cleanup_path struct path p = PATH_NONE;
	cleanup_file struct file *f = NULL;
	int err = devpts_path(t, pty->index, &p);

	if (!err)
		err = vfs_open_path(&p, flags, t->cred, t, &f);
	return err ? err : fd_install(t, f, flags & O_CLOEXEC);
}

static long send_signal(struct pty *pty, u64 sig)
{
	if (sig != SIGINT && sig != SIGQUIT && sig != SIGTSTP)
		return -EINVAL;
	(void)!tty_signal(&pty->tty, (int)sig);
	return 0;
}

/* TCFLSH as the master sees it: what it reads is the slave's output. */
static long master_flush(struct pty *pty, u64 queue)
{
	static const int other[] = {TCOFLUSH, TCIFLUSH, TCIOFLUSH};

	return queue > TCIOFLUSH ? -EINVAL : pty->tty.ops->flush(&pty->tty, other[queue]);
}

static long master_ioctl(struct file *f, struct task *t, unsigned cmd, u64 arg)
{
	struct pty *pty = pty_of(f);
	struct tty_file *tf = container_of(f, struct tty_file, file);
	long ret;

	switch (cmd) {
	case TIOCSPTLCK:
		return set_flag(pty, t, arg, &pty->locked);
	case TIOCGPTLCK:
		return put_user(t, (int)pty->locked, arg);
	case TIOCGPTN:
		return put_user(t, pty->index, arg);
	case TIOCPKT:
		return set_flag(pty, t, arg, &pty->packet);
	case TIOCGPKT:
		return put_user(t, (int)pty->packet, arg);
	case TIOCGPTPEER:
		return open_peer(pty, t, (int)arg);
	case TIOCSIG:
		return send_signal(pty, arg);
	case FIONREAD:
		return put_user(t, (int)pty->tty.ops->pending(&pty->tty, true), arg);
	case TIOCOUTQ:
		return put_user(t, 0, arg);
	case TCFLSH:
		return master_flush(pty, arg);
	default:
		ret = tty_ioctl(&pty->tty, tf, t, cmd, arg);
		return ret == -ENOIOCTLCMD ? -ENOTTY : ret;
	}
}

static void master_release(struct file *f)
{
	struct pty *pty = pty_of(f);
	struct inode *inode;

	drop_number(pty);
	mutex_lock(&pty->mu);
	pty->master_open = false;
	inode = pty->inode;
	pty->inode = NULL;
	mutex_unlock(&pty->mu);
	tty_hangup(&pty->tty);
	if (inode)
		inode_put(inode);
	kfree(container_of(f, struct tty_file, file));
	tty_put(&pty->tty);
}

static const struct file_ops master_ops = {
	.read = master_read,
	.write = master_write,
	.poll = master_poll,
	.ioctl = master_ioctl,
	.release = master_release,
	.anon_name = "ptmx",
};

static int pty_create(struct pty **ret)
{
	struct pty *pty = kzalloc(sizeof(*pty));
	int err;

	if (!pty)
		return -ENOMEM;
	tty_init(&pty->tty, &pty_slave_ops, 0);
	mutex_init(&pty->mu, LOCK_TTY);
	waitq_init(&pty->master_wq);
	pty->locked = pty->master_open = true;
	pty->typed.size = TYPED_SIZE;
	pty->typed.buf = kzalloc(TYPED_SIZE);
	err = pty->typed.buf ? n_tty_init(&pty->n) : -ENOMEM;
	if (!err)
		err = take_number(pty);
	if (err) {
		tty_put(&pty->tty);
		return err;
	}
	pty->tty.rdev = makedev(PTS_MAJOR + pty->index / 256, pty->index % 256);
	*ret = pty;
	return 0;
}

int pty_open_master(struct inode *inode, const struct open_args *args, struct file **ret)
{
	struct tty_file *tf = kzalloc(sizeof(*tf));
	struct pty *pty;
	int err;

	if (!tf)
		return -ENOMEM;
	err = pty_create(&pty);
	if (err) {
		kfree(tf);
		return err;
	}
	err = devpts_new_inode(pty->index, args->cred, &pty->inode);
	if (err) {
		drop_number(pty);
		tty_put(&pty->tty);
		kfree(tf);
		return err;
	}
	file_init(&tf->file, &master_ops, args->flags);
	file_set_inode(&tf->file, inode);
	tf->file.wq = &pty->master_wq;
	tf->tty = &pty->tty;
	tf->master = true;
	*ret = &tf->file;
	return 0;
}

int pty_open_slave(struct inode *inode, const struct open_args *args, struct file **ret)
{
	unsigned index = (major(inode->rdev) - PTS_MAJOR) * 256 + minor(inode->rdev);
	struct pty *pty = pty_find(index);
	bool usable;
	int err;

	if (!pty)
		return -EIO;
	mutex_lock(&pty->mu);
	usable = !pty->locked && pty->master_open;
	mutex_unlock(&pty->mu);
	err = usable ? tty_open(&pty->tty, inode, args, ret) : -EIO;
	tty_put(&pty->tty);
	return err;
}
