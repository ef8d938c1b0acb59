/*
 * Sending signals.
 *
 * A send decides in this order, as Linux does: SIGCONT and stop signals act on
 * each other and on stopped threads at once; an ignored signal is dropped; a
 * standard signal that is already pending is dropped; then it is queued, and
 * the thread that will take it is woken.  A signal that will end the process
 * whatever happens ends it here.
 *
 * Locks: the target's sighand->mu.
 */
#include <unistd.h>

#include "kernel/signal_internal.h"
#include "platform/platform.h"

struct waitq signalfd_wq = {.entries = LIST_HEAD_INIT(signalfd_wq.entries)};

void signal_sigpipe(void)
{
	struct task *t = park_self()->owner;
	siginfo_t info;

	if (!t)
		return;
	/* As on Linux it says that the task did it to itself. */
	signal_info_user(&info, SIGPIPE, SI_USER, t);
	(void)signal_send_task(t, &info);
}

void signal_info_user(siginfo_t *info, int sig, int code, struct task *from)
{
	memset(info, 0, sizeof(*info));
	info->si_signo = sig;
	info->si_code = code;
	info->si_pid = task_tgid(from);
	info->si_uid = from->cred->uid;
}

void signal_info_kernel(siginfo_t *info, int sig)
{
	memset(info, 0, sizeof(*info));
	info->si_signo = sig;
	info->si_code = SI_KERNEL;
}

void signal_wake_locked(struct task *t)
{
	if (t->exiting || !t->fiber)
		return;
	park_interrupt(fiber_parker(t->fiber));
	/* The running task looks at its signals by itself before it goes back to the guest. */
	if (t->vcpu && t->fiber != fiber_self())
		vcpu_kick(t->vcpu);
}

/* Would @t, the thread the signal is meant for or the leader, throw it away? */
static bool is_ignored_locked(struct tgroup *tg, struct task *t, int sig)
{
	uaddr_t handler = tg->sighand->action[sig - 1].handler;

	/* A blocked signal is kept: the handler may change before it is let in. */
	if ((t->blocked | t->real_blocked) & sig_bit(sig))
		return false;
	if (handler == SIG_HANDLER_IGN)
		return true;
	return handler == SIG_HANDLER_DFL && (sig_bit(sig) & SIG_QUIET_SET);
}

static void stop_and_continue_locked(struct tgroup *tg, int sig)
{
	struct task *t;

	if (sig_bit(sig) & SIG_STOP_SET) {
		sigpending_remove(&tg->pending, sig_bit(SIGCONT));
		list_for_each_entry (t, &tg->threads, thread_node)
			sigpending_remove(&t->pending, sig_bit(SIGCONT));
	} else if (sig == SIGCONT) {
		sigpending_remove(&tg->pending, SIG_STOP_SET);
		list_for_each_entry (t, &tg->threads, thread_node)
			sigpending_remove(&t->pending, SIG_STOP_SET);
		signal_continue_locked(tg);
	}
}

static bool wants_signal(struct task *t, int sig)
{
	if ((t->blocked & sig_bit(sig)) || t->exiting)
		return false;
	if (sig == SIGKILL)
		return true;
	if (t->stopped)
		return false;
	/* One that is free goes before one with signals of its own to look at. */
	return !t->fiber || t->fiber == fiber_self() || !park_interrupted(fiber_parker(t->fiber));
}

static struct task *choose_thread_locked(struct tgroup *tg, struct task *want, int sig, bool only)
{
	struct task *t;

	if (wants_signal(want, sig))
		return want;
	if (only)
		return NULL;
	list_for_each_entry (t, &tg->threads, thread_node) {
		if (wants_signal(t, sig))
			return t;
	}
	return NULL;
}

static bool is_fatal_locked(struct tgroup *tg, struct task *t, int sig)
{
	if (sig == SIGKILL)
		return true;
	if (tg->sighand->action[sig - 1].handler != SIG_HANDLER_DFL)
		return false;
	if (sig_bit(sig) & (SIG_QUIET_SET | SIG_STOP_SET | SIG_CORE_SET))
		return false;
	return !(t->real_blocked & sig_bit(sig));
}

/* The signal is on its set: wake the thread that is to take it. */
static void complete_locked(struct tgroup *tg, struct task *want, int sig, bool only)
{
	struct task *t = choose_thread_locked(tg, want, sig, only);

	if (!t)
		return; /* whoever unblocks it, or is done with others, will see it */
	if (is_fatal_locked(tg, t, sig))
		tgroup_exit_locked(tg, sig);
	else
		signal_wake_locked(t);
}

int signal_send_locked(struct tgroup *tg, struct task *t, const siginfo_t *info)
{
	struct task *want = t ? t : list_first_entry(&tg->threads, struct task, thread_node);
	struct sigpending *pending = t ? &t->pending : &tg->pending;
	int sig = info->si_signo;
	bool override;

	if (list_empty(&tg->threads) || (t && t->exiting))
		return -ESRCH;
	if (tg->group_exit || tg->unkillable)
		return 0;
	stop_and_continue_locked(tg, sig);
	if (is_ignored_locked(tg, want, sig))
		return 0;
	if (!sig_is_realtime(sig) && (pending->set & sig_bit(sig)))
		return 0;
	/* A standard signal of the kernel or of kill(2) is not counted. */
	override = !sig_is_realtime(sig) && info->si_code >= 0;
	if (sig != SIGKILL && !sigpending_add(pending, want, info, override)) {
		if (sig_is_realtime(sig) && info->si_code != SI_USER)
			return -EAGAIN;
	}
	pending->set |= sig_bit(sig);
	waitq_wake_all(&signalfd_wq);
	complete_locked(tg, want, sig, t != NULL);
	return 0;
}

bool signal_send_timer_locked(struct tgroup *tg, struct task *t, struct sigqueue *q)
{
	struct task *want = t ? t : list_first_entry(&tg->threads, struct task, thread_node);
	struct sigpending *pending = t ? &t->pending : &tg->pending;
	int sig = q->info.si_signo;

	if (list_empty(&tg->threads) || (t && t->exiting) || tg->group_exit)
		return false;
	stop_and_continue_locked(tg, sig);
	if (is_ignored_locked(tg, want, sig))
		return false;
	if (!list_empty(&q->node))
		return true;
	list_add_tail(&q->node, &pending->queue);
	pending->set |= sig_bit(sig);
	waitq_wake_all(&signalfd_wq);
	complete_locked(tg, want, sig, t != NULL);
	return true;
}

void signal_unqueue_timer_locked(struct tgroup *tg, struct task *t, struct sigqueue *q)
{
	struct sigpending *pending = t ? &t->pending : &tg->pending;
	struct sigqueue *other;

	if (list_empty(&q->node))
		return;
	list_del(&q->node);
	list_for_each_entry (other, &pending->queue, node) {
		if (other->info.si_signo == q->info.si_signo)
			return;
	}
	pending->set &= ~sig_bit(q->info.si_signo);
}

int signal_send_task(struct task *t, const siginfo_t *info)
{
	struct sighand *sh = sighand_lock(t->tg);
	int err = signal_send_locked(t->tg, t, info);

	sighand_unlock(sh);
	return err;
}

int signal_send_tgroup(struct tgroup *tg, const siginfo_t *info)
{
	struct sighand *sh = sighand_lock(tg);
	int err = signal_send_locked(tg, NULL, info);

	sighand_unlock(sh);
	return err;
}

void signal_force_segv(struct task *t, int sig)
{
	siginfo_t info;

	if (sig == SIGSEGV) {
		struct sighand *sh = sighand_lock(t->tg);

		sh->action[SIGSEGV - 1].handler = SIG_HANDLER_DFL;
		sighand_unlock(sh);
	}
	signal_info_kernel(&info, SIGSEGV);
	signal_force(t, &info);
}

void signal_force(struct task *t, const siginfo_t *info)
{
	struct sighand *sh = sighand_lock(t->tg);
	struct linux_sigaction *sa = &sh->action[info->si_signo - 1];
	sigset64_t bit = sig_bit(info->si_signo);

	if ((t->blocked & bit) || sa->handler == SIG_HANDLER_IGN) {
		sa->handler = SIG_HANDLER_DFL;
		t->blocked &= ~bit;
	}
	/* It exits if it cannot be told: memory for the siginfo may be short. */
	(void)signal_send_locked(t->tg, t, info);
	signal_recalc_locked(t);
	sighand_unlock(sh);
}

void tgroup_exit_locked(struct tgroup *tg, int status)
{
	struct task *t;

	if (tg->group_exit)
		return;
	tg->group_exit_code = status;
	__atomic_store_n(&tg->group_exit, true, __ATOMIC_RELEASE);
	tg->stop_signal = 0;
	tg->stop_pending = 0;
	tg->stop_complete = false;
	tg->stop_report = false;
	list_for_each_entry (t, &tg->threads, thread_node) {
		t->stop_wanted = false;
		t->stopped = false;
		signal_wake_locked(t);
	}
	waitq_wake_all(&tg->stop_wq);
}

void tgroup_exit(struct tgroup *tg, int status)
{
	struct sighand *sh = sighand_lock(tg);

	tgroup_exit_locked(tg, status);
	sighand_unlock(sh);
}

bool signal_fatal_pending(struct task *t)
{
	struct task *exec = __atomic_load_n(&t->tg->exec_task, __ATOMIC_ACQUIRE);

	return __atomic_load_n(&t->tg->group_exit, __ATOMIC_ACQUIRE) || (exec && exec != t);
}

void signal_retarget_locked(struct task *t, sigset64_t which)
{
	sigset64_t left = t->tg->pending.set & which;
	struct task *other;

	list_for_each_entry (other, &t->tg->threads, thread_node) {
		if (!left)
			break;
		if (other == t || other->exiting || !(left & ~other->blocked))
			continue;
		left &= other->blocked;
		signal_wake_locked(other);
	}
}

void signal_thread_exit(struct task *t)
{
	struct tgroup *tg = t->tg;
	struct sighand *sh = sighand_lock(tg);

	t->exiting = true;
	sigpending_flush(&t->pending);
	signal_retarget_locked(t, ~t->blocked);
	if (t->stop_wanted) {
		t->stop_wanted = false;
		signal_stop_joined_locked(tg);
	}
	sighand_unlock(sh);
	signal_notify_parent(tg);
}
