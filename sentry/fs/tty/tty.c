/*
 * Terminals: open files and hangup (tty.h).
 *
 * Locks: none of its own; see job.c for sessions.
 */
#include "fs/tty/tty.h"

#include <sys/epoll.h>
#include <sys/sysmacros.h>

#include "fs/inode.h"
#include "fs/tty/internal.h"
#include "kernel/task.h"
#include "lib/alloc.h"
#include "lib/park.h"

static const struct file_ops tty_file_ops;

static struct tty_file *to_tty_file(const struct file *f)
{
	return container_of(f, struct tty_file, file);
}

void tty_init(struct tty *tty, const struct tty_ops *ops, u64 rdev)
{
	ref_init(&tty->ref);
	tty->ops = ops;
	tty->rdev = rdev;
	waitq_init(&tty->wq);
}

struct tty *tty_get(struct tty *tty)
{
	ref_get(&tty->ref);
	return tty;
}

void tty_put(struct tty *tty)
{
	if (!ref_put(&tty->ref))
		return;
	tty_leave_session(tty);
	tty->ops->release(tty);
}

static ssize_t tf_read(struct file *f, struct iov_iter *dst, off_t *pos)
{
	struct tty *tty = to_tty_file(f)->tty;
	struct task *t = park_self()->owner;
	int err;

	(void)pos;
	if (tty_is_hung_up(tty))
		return 0;
	err = t ? tty_check_change(tty, t, SIGTTIN) : 0;
	return err ? err : tty->ops->read(tty, f, dst);
}

static int check_write(struct tty *tty)
{
	struct task *t = park_self()->owner;
	struct tty_termios tio;
	int err = tty->ops->get_termios(tty, &tio);

	if (err || !t || !(tio.lflag & TOSTOP))
		return err;
	return tty_check_change(tty, t, SIGTTOU);
}

static ssize_t tf_write(struct file *f, struct iov_iter *src, off_t *pos)
{
	struct tty *tty = to_tty_file(f)->tty;
	int err;

	(void)pos;
	if (tty_is_hung_up(tty))
		return -EIO;
	err = check_write(tty);
	return err ? err : tty->ops->write(tty, f, src);
}

static poll_t tf_poll(struct file *f)
{
	struct tty *tty = to_tty_file(f)->tty;

	if (tty_is_hung_up(tty))
		return EPOLLIN | EPOLLOUT | EPOLLERR | EPOLLHUP | EPOLLRDNORM | EPOLLWRNORM;
	return tty->ops->poll(tty, f);
}

static long tf_ioctl(struct file *f, struct task *t, unsigned cmd, u64 arg)
{
	struct tty_file *tf = to_tty_file(f);
	long ret;

	if (tty_is_hung_up(tf->tty))
		return cmd == TIOCSPGRP ? -ENOTTY : -EIO;
	ret = tty_ioctl(tf->tty, tf, t, cmd, arg);
	return ret == -ENOIOCTLCMD ? -ENOTTY : ret;
}

static void tf_release(struct file *f)
{
	struct tty_file *tf = to_tty_file(f);
	struct tty *tty = tf->tty;

	__atomic_sub_fetch(&tty->nr_files, 1, __ATOMIC_ACQ_REL);
	if (tty->ops->closed)
		tty->ops->closed(tty);
	kfree(tf);
	tty_put(tty);
}

static const struct file_ops tty_file_ops = {
	.read = tf_read,
	.write = tf_write,
	.poll = tf_poll,
	.ioctl = tf_ioctl,
	.release = tf_release,
	.anon_name = "tty",
};

struct tty *file_tty(const struct file *f)
{
	if (f->ops == &tty_file_ops)
		return to_tty_file(f)->tty;
	return pty_master_tty(f);
}

int tty_open(struct tty *tty, struct inode *inode, const struct open_args *args, struct file **ret)
{
	struct tty_file *tf;

	if (tty_is_hung_up(tty))
		return -EIO;
	if (__atomic_load_n(&tty->exclusive, __ATOMIC_RELAXED) && args->cred &&
	    !cred_capable(args->cred, CAP_SYS_ADMIN))
		return -EBUSY;
	tf = kzalloc(sizeof(*tf));
	if (!tf)
		return -ENOMEM;
	file_init(&tf->file, &tty_file_ops, args->flags);
	if (inode)
		file_set_inode(&tf->file, inode);
	tf->file.wq = &tty->wq;
	tf->tty = tty_get(tty);
	__atomic_add_fetch(&tty->nr_files, 1, __ATOMIC_ACQ_REL);
	if (tty->ops->opened)
		tty->ops->opened(tty);
	if (args->task && !(args->flags & O_NOCTTY))
		tty_open_controlling(tty, args->task, tf->file.mode & FMODE_READ);
	*ret = &tf->file;
	return 0;
}

void tty_hangup(struct tty *tty)
{
	__atomic_store_n(&tty->hung_up, true, __ATOMIC_RELEASE);
	tty_hangup_session(tty);
	waitq_wake_all(&tty->wq);
}
