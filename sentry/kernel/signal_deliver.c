/*
 * Delivery: what a task does about its signals before it goes back to the guest.
 *
 * Each turn takes one signal.  A stop is sat out here, a fatal one ends the
 * turn, a handler gets its frame (sigframe), and then the next signal is looked
 * at, whose frame stands on top: as on Linux the last one set up runs first.
 *
 * The call that was interrupted is restarted or becomes EINTR when the first
 * handler is set up.  Without a handler its restart code is left alone and
 * task_main() serves the call again.
 *
 * Not done: core files; the wait status never says that there is one.
 */
#include "kernel/exit.h"
#include "kernel/signal_internal.h"
#include "kernel/trace.h"
#include "mm/fastpath.h"
#include "platform/platform.h"

/* A syscall instruction is two bytes. */
#define SYSCALL_INSN_SIZE 2

enum verdict { NOTHING, HANDLER, EXIT };

/* A stop signal of a terminal does nothing to a group that nobody controls. */
static bool may_stop(struct task *t, int sig) NO_TSA
{
	struct mutex *mu = &t->tg->sighand->mu;
	bool orphaned;

	if (sig == SIGSTOP)
		return true;
	mutex_unlock(mu);
	mutex_lock(&tasklist_lock);
	orphaned = pgrp_is_orphaned_locked(t->tg->pgrp, NULL);
	mutex_unlock(&tasklist_lock);
	mutex_lock(mu);
	return !orphaned;
}

/* The default action of @sig, which is not SIG_IGN's; false: it is fatal. */
static bool default_action_locked(struct task *t, int sig)
{
	if (sig_bit(sig) & SIG_QUIET_SET)
		return true;
	if (sig_bit(sig) & SIG_STOP_SET) {
		if (may_stop(t, sig))
			signal_stop_begin_locked(t, sig);
		return true;
	}
	tgroup_exit_locked(t->tg, sig);
	return false;
}

static enum verdict next_signal_locked(struct task *t, siginfo_t *info,
				       struct linux_sigaction *ret) NO_TSA
{
	struct tgroup *tg = t->tg;
	struct mutex *mu = &tg->sighand->mu;

	for (;;) {
		struct linux_sigaction *sa;
		int sig;

		if (signal_fatal_pending(t))
			return EXIT;
		if (tg->notify_why) {
			mutex_unlock(mu);
			signal_notify_parent(tg);
			mutex_lock(mu);
			continue;
		}
		if (t->stop_wanted) {
			signal_stop_wait_locked(t);
			continue;
		}
		sig = signal_dequeue_sync_locked(t, info);
		if (!sig)
			sig = signal_dequeue_locked(t, ~t->blocked, info);
		if (!sig)
			return NOTHING;
		sa = &tg->sighand->action[sig - 1];
		if (sa->handler == SIG_HANDLER_IGN)
			continue;
		if (sa->handler == SIG_HANDLER_DFL) {
			if (default_action_locked(t, sig))
				continue;
			return EXIT;
		}
		*ret = *sa;
		if (sa->flags & SA_RESETHAND)
			sa->handler = SIG_HANDLER_DFL;
		return HANDLER;
	}
}

static enum verdict next_signal(struct task *t, siginfo_t *info, struct linux_sigaction *ret)
{
	struct mutex *mu = &t->tg->sighand->mu;
	enum verdict v;

	mutex_lock(mu);
	v = next_signal_locked(t, info, ret);
	if (v == EXIT)
		task_set_exit_code(t, t->tg->group_exit ? t->tg->group_exit_code : SIGKILL);
	signal_recalc_locked(t);
	mutex_unlock(mu);
	return v;
}

/* What an interrupted call does under a handler with @flags. */
static void resolve_restart(struct task *t, struct regs *regs, long call_ret, u64 flags)
{
	regs->ax = (u64)call_ret;
	switch (call_ret) {
	case -ERESTARTSYS:
		if (flags & SA_RESTART)
			break;
		regs->ax = (u64)-EINTR;
		return;
	case -ERESTARTNOINTR:
		break;
	case -ERESTARTNOHAND:
	case -ERESTART_RESTARTBLOCK:
		regs->ax = (u64)-EINTR;
		return;
	default:
		return;
	}
	regs->ax = t->call_nr;
	regs->ip -= SYSCALL_INSN_SIZE;
}

/* Set the guest up to run the handler; a frame that cannot be built is a SIGSEGV. */
static void run_handler(struct task *t, const struct linux_sigaction *sa, const siginfo_t *info,
			long call_ret)
{
	sigset64_t old = t->has_saved_mask ? t->saved_mask : t->blocked;
	sigset64_t mask = t->blocked | sa->mask;
	struct regs regs;
	int err = fastpath_get_regs(t->mm, t->vcpu, &regs);

	if (!err && t->call_nr != NO_CALL)
		resolve_restart(t, &regs, call_ret, sa->flags);
	if (!err)
		err = sigframe_setup(t, &regs, sa, info, old);
	if (err == -ESRCH) {
		/* The host thread is dead; vcpu_run() will say so. */
		return;
	}
	if (err) {
		/* The call is over all the same. */
		if (fastpath_set_regs(t->mm, t->vcpu, &regs) == 0)
			signal_force_segv(t, info->si_signo);
	}
	t->no_result = true;
	task_set_call(t, NO_CALL);
	if (err)
		return;
	t->has_saved_mask = false;
	if (!(sa->flags & SA_NODEFER))
		mask |= sig_bit(info->si_signo);
	signal_set_blocked(t, mask);
}

bool signal_deliver(struct task *t, long *call_ret)
{
	struct linux_sigaction sa;
	siginfo_t info;

	while (task_interrupted()) {
		switch (next_signal(t, &info, &sa)) {
		case EXIT:
			return false;
		case HANDLER:
			trace_signal(t, &info);
			run_handler(t, &sa, &info, *call_ret);
			break;
		case NOTHING:
			break;
		}
	}
	signal_end_mask(t, false);
	return true;
}
