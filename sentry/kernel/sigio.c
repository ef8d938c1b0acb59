/*
 * SIGIO: F_SETOWN, F_SETSIG, O_ASYNC
 *
 * A file tells of its readiness in any context, so the signal is sent by the
 * work fiber, to whom the owner was then.
 *
 * Locks: file->lock for the owner; tasklist_lock while a group is walked.
 */
#include "kernel/sigio.h"

#include <fcntl.h>
#include <poll.h>

#include "fs/file.h"
#include "kernel/signal_internal.h"
#include "lib/alloc.h"
#include "sched/work.h"

struct sigio {
	struct work work;
	struct file_owner owner;
	poll_t events;
};

/* The reason F_SETSIG's siginfo gives, as Linux's band_table: POLL_IN to POLL_HUP. */
static void fill_info(const struct sigio *s, int signo, siginfo_t *ret)
{
	memset(ret, 0, sizeof(*ret));
	ret->si_signo = signo;
	ret->si_fd = s->owner.fd;
	if (s->events & POLLIN) {
		ret->si_code = POLL_IN;
		ret->si_band = POLLIN | POLLRDNORM;
	} else if (s->events & POLLOUT) {
		ret->si_code = POLL_OUT;
		ret->si_band = POLLOUT | POLLWRNORM | POLLWRBAND;
	} else if (s->events & POLLERR) {
		ret->si_code = POLL_ERR;
		ret->si_band = POLLERR;
	} else if (s->events & POLLPRI) {
		ret->si_code = POLL_PRI;
		ret->si_band = POLLPRI | POLLRDBAND;
	} else {
		ret->si_code = POLL_HUP;
		ret->si_band = POLLHUP | POLLERR;
	}
}

/* Who set the owner must have been allowed to kill it. */
static bool may_tell(const struct file_owner *o, struct task *to)
{
	bool ok;

	spin_lock(&to->lock);
	ok = o->euid == 0 || o->euid == to->cred->suid || o->euid == to->cred->uid ||
	     o->uid == to->cred->suid || o->uid == to->cred->uid;
	spin_unlock(&to->lock);
	return ok;
}

/* To the thread @to, or to its process. */
static void tell(const struct sigio *s, struct task *to, bool thread)
{
	siginfo_t info;

	if (!may_tell(&s->owner, to))
		return;
	if (s->owner.signo) {
		int err;

		fill_info(s, s->owner.signo, &info);
		err = thread ? signal_send_task(to, &info) : signal_send_tgroup(to->tg, &info);
		if (err != -EAGAIN)
			return;
		/* The queue is full: at least that much. */
	}
	signal_info_kernel(&info, SIGIO);
	(void)(thread ? signal_send_task(to, &info) : signal_send_tgroup(to->tg, &info));
}

static void tell_pgrp(const struct sigio *s)
{
	struct tgroup *tg;
	struct pid *pgrp;

	mutex_lock(&tasklist_lock);
	pgrp = pid_find_locked(s->owner.pid);
	if (pgrp) {
		list_for_each_entry (tg, &pgrp->pgrp, pgrp_node)
			tell(s, tg->leader, false);
	}
	mutex_unlock(&tasklist_lock);
}

static void run(struct work *w)
{
	struct sigio *s = container_of(w, struct sigio, work);

	if (s->owner.type == F_OWNER_PGRP) {
		tell_pgrp(s);
	} else {
		cleanup_task struct task *to = task_find_get(s->owner.pid);

		if (to)
			tell(s, to, s->owner.type == F_OWNER_TID);
	}
	kfree(s);
}

/* file_hooks.sigio: perhaps under spinlocks. */
static void sigio(struct file *f, poll_t events)
{
	struct file_owner owner;
	struct sigio *s;

	spin_lock(&f->lock);
	owner = f->owner;
	spin_unlock(&f->lock);
	if (!owner.pid)
		return;
	s = kzalloc(sizeof(*s));
	if (!s)
		return;
	s->owner = owner;
	s->events = events;
	work_init(&s->work, run);
	work_queue(&s->work);
}

int sigio_init(void)
{
	int err = work_start();

	if (!err)
		file_hooks.sigio = sigio;
	return err;
}
