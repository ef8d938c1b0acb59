/*
 * signalfd(2): the reader's own pending signals as bytes
 *
 * As on Linux a signalfd shows the signals of the task that reads or polls it,
 * its own and its process's, whoever made the descriptor.  All signalfds wait
 * on one queue (signalfd_wq), woken whenever a signal is queued.
 *
 * Locks: the reader's sighand->mu; the mask is one atomic word.
 */
#include "fs/signalfd.h"

#include <sys/epoll.h>
#include <sys/signalfd.h>

#include "fs/file.h"
#include "kernel/task.h"
#include "lib/alloc.h"

struct signalfd {
	struct file file; /* base; sfd_release() frees the whole */
	sigset64_t mask;  /* atomic: what it shows */
};

static struct signalfd *to_signalfd(struct file *f)
{
	return container_of(f, struct signalfd, file);
}

static sigset64_t sfd_mask(struct file *f)
{
	return __atomic_load_n(&to_signalfd(f)->mask, __ATOMIC_RELAXED);
}

/* The task whose fiber this is; the sentry itself has no signals. */
static struct task *reader(void)
{
	return park_self()->owner;
}

/* Which members mean something depends on who sent it; see siginfo_layout() in Linux. */
static void fill_info(const siginfo_t *info, struct signalfd_siginfo *ret)
{
	*ret = (struct signalfd_siginfo){
		.ssi_signo = (u32)info->si_signo,
		.ssi_errno = info->si_errno,
		.ssi_code = info->si_code,
	};
	if (info->si_code == SI_TIMER) {
		ret->ssi_tid = (u32)info->si_timerid;
		ret->ssi_overrun = (u32)info->si_overrun;
		ret->ssi_ptr = (u64)(uintptr_t)info->si_ptr;
		ret->ssi_int = info->si_int;
		return;
	}
	if (info->si_code > 0 && info->si_code < SI_KERNEL) {
		switch (info->si_signo) {
		case SIGCHLD:
			ret->ssi_pid = (u32)info->si_pid;
			ret->ssi_uid = info->si_uid;
			ret->ssi_status = info->si_status;
			ret->ssi_utime = (u64)info->si_utime;
			ret->ssi_stime = (u64)info->si_stime;
			return;
		case SIGPOLL:
			ret->ssi_band = (u32)info->si_band;
			ret->ssi_fd = info->si_fd;
			return;
		case SIGILL:
		case SIGFPE:
		case SIGSEGV:
		case SIGBUS:
		case SIGTRAP:
			ret->ssi_addr = (u64)(uintptr_t)info->si_addr;
			return;
		default:
			break;
		}
	}
	ret->ssi_pid = (u32)info->si_pid;
	ret->ssi_uid = info->si_uid;
	if (info->si_code < 0) {
		ret->ssi_ptr = (u64)(uintptr_t)info->si_ptr;
		ret->ssi_int = info->si_int;
	}
}

static int take(struct task *t, sigset64_t mask, siginfo_t *info)
{
	struct mutex *mu = &t->tg->sighand->mu;
	int sig;

	mutex_lock(mu);
	sig = signal_dequeue_locked(t, mask, info);
	if (sig)
		signal_recalc_locked(t);
	mutex_unlock(mu);
	return sig;
}

/* One signal, sleeping for it; its number, -ERESTARTSYS. */
static int wait_and_take(struct file *f, struct task *t, siginfo_t *info)
{
	int sig;
	int err = waitq_await_interruptible(f->wq, 0, (sig = take(t, sfd_mask(f), info)) != 0);

	return err ? err : sig;
}

static ssize_t sfd_read(struct file *f, struct iov_iter *dst, off_t *pos)
{
	struct signalfd_siginfo out;
	struct task *t = reader();
	ssize_t total = 0;

	(void)pos;
	if (iov_iter_count(dst) < sizeof(out) || !t)
		return -EINVAL;
	while (iov_iter_count(dst) >= sizeof(out)) {
		siginfo_t info;
		int sig = take(t, sfd_mask(f), &info), err;

		if (!sig && total)
			break;
		if (!sig)
			sig = file_nonblock(f) ? -EAGAIN : wait_and_take(f, t, &info);
		if (sig < 0)
			return total ? total : sig;
		fill_info(&info, &out);
		err = copy_to_iter(dst, &out, sizeof(out));
		if (err)
			return total ? total : err;
		total += (ssize_t)sizeof(out);
	}
	return total;
}

static poll_t sfd_poll(struct file *f)
{
	struct task *t = reader();
	sigset64_t pending;

	if (!t)
		return 0;
	/* Bits only: a glance without the lock, as senders wake us after setting them. */
	pending = __atomic_load_n(&t->pending.set, __ATOMIC_ACQUIRE) |
		  __atomic_load_n(&t->tg->pending.set, __ATOMIC_ACQUIRE);
	return pending & sfd_mask(f) ? EPOLLIN : 0;
}

static size_t sfd_fdinfo(struct file *f, char *buf, size_t size)
{
	int n = snprintf(buf, size, "sigmask:\t%016llx\n", (unsigned long long)sfd_mask(f));

	return n < 0 ? 0 : min((size_t)n, size);
}

static void sfd_release(struct file *f)
{
	kfree(to_signalfd(f));
}

static const struct file_ops signalfd_ops = {
	.read = sfd_read,
	.poll = sfd_poll,
	.show_fdinfo = sfd_fdinfo,
	.release = sfd_release,
	.anon_name = "signalfd",
};

bool file_is_signalfd(const struct file *f)
{
	return f->ops == &signalfd_ops;
}

void signalfd_set_mask(struct file *f, sigset64_t mask)
{
	__atomic_store_n(&to_signalfd(f)->mask, mask & ~SIG_UNBLOCKABLE, __ATOMIC_RELAXED);
	waitq_wake_all(f->wq);
}

int signalfd_create_file(sigset64_t mask, int flags, struct file **ret)
{
	struct signalfd *sfd = kzalloc(sizeof(*sfd));

	if (!sfd)
		return -ENOMEM;
	file_init(&sfd->file, &signalfd_ops, O_RDWR | (flags & SFD_NONBLOCK ? O_NONBLOCK : 0));
	sfd->file.wq = &signalfd_wq;
	sfd->mask = mask & ~SIG_UNBLOCKABLE;
	*ret = &sfd->file;
	return 0;
}
