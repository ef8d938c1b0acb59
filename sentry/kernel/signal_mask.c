/*
 * Which signals a thread lets in, and the masks that hold for one call.
 *
 * ppoll, pselect6, epoll_pwait and rt_sigsuspend run with a mask of their own.
 * If a signal ends the call, the handler's frame remembers the mask from before
 * (t->saved_mask); if none does, signal_deliver() or signal_end_mask() puts it back.
 */
#include "kernel/signal_internal.h"
#include "mm/uaccess.h"

static bool has_work_locked(struct task *t)
{
	struct tgroup *tg = t->tg;

	return ((t->pending.set | tg->pending.set) & ~t->blocked) || t->stop_wanted ||
	       tg->notify_why || signal_fatal_pending(t);
}

void signal_recalc_locked(struct task *t)
{
	if (!t->fiber)
		return;
	if (has_work_locked(t))
		park_interrupt(fiber_parker(t->fiber));
	else
		park_clear_interrupt(fiber_parker(t->fiber));
}

void signal_recalc(struct task *t)
{
	struct mutex *mu = &t->tg->sighand->mu;

	mutex_lock(mu);
	signal_recalc_locked(t);
	mutex_unlock(mu);
}

void signal_set_blocked(struct task *t, sigset64_t mask)
{
	struct mutex *mu = &t->tg->sighand->mu;

	mutex_lock(mu);
	mask &= ~SIG_UNBLOCKABLE;
	if (mask & ~t->blocked)
		signal_retarget_locked(t, mask & ~t->blocked);
	t->blocked = mask;
	signal_recalc_locked(t);
	mutex_unlock(mu);
}

int signal_use_mask(struct task *t, uaddr_t uset, size_t size)
{
	sigset64_t mask;

	if (!uset)
		return 0;
	if (size != sizeof(mask))
		return -EINVAL;
	if (copy_from_user(t, &mask, uset, sizeof(mask)))
		return -EFAULT;
	t->saved_mask = t->blocked;
	t->has_saved_mask = true;
	signal_set_blocked(t, mask);
	return 0;
}

void signal_end_mask(struct task *t, bool interrupted)
{
	if (interrupted || !t->has_saved_mask)
		return;
	t->has_saved_mask = false;
	signal_set_blocked(t, t->saved_mask);
}
