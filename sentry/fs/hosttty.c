/*
 * The terminal bailey was started from (hosttty.h).
 *
 * Bytes go through the hostfile made for the standard stream: one that reads if
 * there is one, one that writes for the rest.
 *
 * Locks: none of its own; the host serialises.
 */
#include "fs/hosttty.h"

#include <asm/termbits.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/sysmacros.h>

#include "fs/file.h"
#include "fs/hostfile.h"
#include "fs/inode.h"
#include "fs/open.h"
#include "fs/tty/devpts.h"
#include "fs/tty/tty.h"
#include "host/host.h"
#include "lib/alloc.h"

struct host_tty {
	struct tty tty;    /* base */
	struct file *host; /* immutable; counted; a hostfile open for both, if there is one */
	struct waitq_entry on_host; /* passes readiness of host on */
};

static struct host_tty *the_tty; /* set before guests run */

static struct host_tty *to_host_tty(struct tty *tty)
{
	return container_of(tty, struct host_tty, tty);
}

static hostfd_t fd_of(struct tty *tty)
{
	return hostfile_fd(to_host_tty(tty)->host);
}

static bool pass_readiness(struct waitq_entry *e, poll_t events)
{
	struct host_tty *ht = container_of(e, struct host_tty, on_host);

	waitq_wake(&ht->tty.wq, events);
	return false;
}

/* The hostfile sleeps by its own O_NONBLOCK: what is asked of us is tried first. */
static bool would_sleep(struct host_tty *ht, struct file *f, poll_t event)
{
	return file_nonblock(f) && !(vfs_poll(ht->host) & (event | EPOLLHUP | EPOLLERR));
}

static ssize_t ht_read(struct tty *tty, struct file *f, struct iov_iter *dst)
{
	struct host_tty *ht = to_host_tty(tty);

	if (would_sleep(ht, f, EPOLLIN))
		return -EAGAIN;
	return vfs_read(ht->host, dst);
}

static ssize_t ht_write(struct tty *tty, struct file *f, struct iov_iter *src)
{
	struct host_tty *ht = to_host_tty(tty);

	if (would_sleep(ht, f, EPOLLOUT))
		return -EAGAIN;
	return vfs_write(ht->host, src);
}

static poll_t ht_poll(struct tty *tty, struct file *f)
{
	(void)f;
	return vfs_poll(to_host_tty(tty)->host);
}

static int ht_get_termios(struct tty *tty, struct tty_termios *ret)
{
	*ret = (struct tty_termios){.ispeed = 38400, .ospeed = 38400};
	return host_ioctl(fd_of(tty), TCGETS, ret);
}

static int ht_set_termios(struct tty *tty, const struct tty_termios *tio, enum tty_when when,
			  struct file *f)
{
	struct tty_termios copy = *tio;

	(void)f;
	return host_ioctl(fd_of(tty), TCSETS + (unsigned)when, &copy);
}

static int ht_get_winsize(struct tty *tty, struct tty_winsize *ret)
{
	return host_ioctl(fd_of(tty), TIOCGWINSZ, ret);
}

static int ht_set_winsize(struct tty *tty, const struct tty_winsize *ws)
{
	struct tty_winsize copy = *ws;

	return host_ioctl(fd_of(tty), TIOCSWINSZ, &copy);
}

static int ht_flush(struct tty *tty, int queue)
{
	return host_ioctl_val(fd_of(tty), TCFLSH, (unsigned long)queue);
}

static int ht_flow(struct tty *tty, int action)
{
	return host_ioctl_val(fd_of(tty), TCXONC, (unsigned long)action);
}

/* The host waits, and with it the worker: a terminal that is not stopped drains at once. */
static int ht_drain(struct tty *tty, struct file *f)
{
	(void)f;
	return host_ioctl_val(fd_of(tty), TCSBRK, 1);
}

static long ht_pending(struct tty *tty, bool output)
{
	int n = 0, err = host_ioctl(fd_of(tty), output ? TIOCOUTQ : FIONREAD, &n);

	return err ? err : n;
}

static void ht_release(struct tty *tty)
{
	struct host_tty *ht = to_host_tty(tty);

	waitq_remove(ht->host->wq, &ht->on_host);
	file_put(ht->host);
	kfree(ht);
}

static const struct tty_ops host_tty_ops = {
	.read = ht_read,
	.write = ht_write,
	.poll = ht_poll,
	.get_termios = ht_get_termios,
	.set_termios = ht_set_termios,
	.get_winsize = ht_get_winsize,
	.set_winsize = ht_set_winsize,
	.flush = ht_flush,
	.flow = ht_flow,
	.drain = ht_drain,
	.pending = ht_pending,
	.release = ht_release,
};

struct tty *hosttty_get(void)
{
	return the_tty ? tty_get(&the_tty->tty) : NULL;
}

static int make_tty(struct file *host)
{
	struct host_tty *ht = kzalloc(sizeof(*ht));
	u64 rdev = makedev(136, 0);
	int err;

	if (!ht)
		return -ENOMEM;
	err = devpts_set_console(rdev);
	if (err) {
		kfree(ht);
		return err;
	}
	tty_init(&ht->tty, &host_tty_ops, rdev);
	ht->host = file_get(host);
	waitq_entry_init_fn(&ht->on_host, 0, pass_readiness);
	waitq_add(host->wq, &ht->on_host);
	the_tty = ht;
	return 0;
}

int hosttty_create(struct file *host, const struct path *pts, struct file **ret)
{
	struct tty_winsize ws;
	struct open_args args = {.flags = (int)file_flags(host) & (O_ACCMODE | O_APPEND)};
	int err = host_ioctl(hostfile_fd(host), TIOCGWINSZ, &ws);

	if (err)
		return -ENOTTY;
	if (!the_tty)
		err = make_tty(host);
	return err ? err : devpts_open_console(&the_tty->tty, pts, &args, ret);
}

void hosttty_set_controlling(struct tgroup *tg)
{
	if (the_tty)
		tty_set_controlling(&the_tty->tty, tg);
}

int hosttty_signal(int sig)
{
	return the_tty ? tty_signal(&the_tty->tty, sig) : -ESRCH;
}
