/*
 * rt_sigaction(2), rt_sigprocmask(2), rt_sigpending(2), rt_sigsuspend(2),
 * rt_sigtimedwait(2), sigaltstack(2), rt_sigreturn(2), pause(2), restart_syscall(2)
 */
#include "gen/sys_proto.h"
#include "kernel/clock.h"
#include "kernel/signal_internal.h"
#include "mm/fastpath.h"
#include "mm/uaccess.h"
#include "platform/platform.h"

/* Linux's UAPI_SA_FLAGS: the rest is dropped, so that a program can find out. */
#define SA_KNOWN                                                                           \
	(SA_NOCLDSTOP | SA_NOCLDWAIT | SA_SIGINFO | SA_ONSTACK | SA_RESTART | SA_NODEFER | \
	 SA_RESETHAND | SA_RESTORER_FLAG)

static void set_action(struct task *t, int sig, const struct linux_sigaction *act,
		       struct linux_sigaction *ret_old)
{
	struct sighand *sh = t->tg->sighand;
	struct linux_sigaction *sa = &sh->action[sig - 1];
	struct task *other;

	mutex_lock(&sh->mu);
	*ret_old = *sa;
	if (act) {
		*sa = *act;
		sa->flags &= SA_KNOWN;
		sa->mask &= ~SIG_UNBLOCKABLE;
		/* What is pending and now ignored is dropped, blocked or not (POSIX). */
		if (sa->handler == SIG_HANDLER_IGN ||
		    (sa->handler == SIG_HANDLER_DFL && (sig_bit(sig) & SIG_QUIET_SET))) {
			sigpending_remove(&t->tg->pending, sig_bit(sig));
			list_for_each_entry (other, &t->tg->threads, thread_node)
				sigpending_remove(&other->pending, sig_bit(sig));
		}
	}
	mutex_unlock(&sh->mu);
}

long sys_rt_sigaction(struct task *t, int sig, uaddr_t uact, uaddr_t uold, size_t sigsetsize)
{
	struct linux_sigaction act, old;

	if (sigsetsize != sizeof(sigset64_t))
		return -EINVAL;
	if (uact && copy_from_user(t, &act, uact, sizeof(act)))
		return -EFAULT;
	if (sig < 1 || sig > NSIG_GUEST || (uact && (sig_bit(sig) & SIG_UNBLOCKABLE)))
		return -EINVAL;
	task_hear_stub(t);
	set_action(t, sig, uact ? &act : NULL, &old);
	if (uact)
		task_tell_actions(t);
	if (uold && copy_to_user(t, uold, &old, sizeof(old)))
		return -EFAULT;
	return 0;
}

long sys_rt_sigprocmask(struct task *t, int how, uaddr_t uset, uaddr_t uold, size_t sigsetsize)
{
	sigset64_t old = t->blocked, set;

	if (sigsetsize != sizeof(set))
		return -EINVAL;
	if (uset) {
		if (copy_from_user(t, &set, uset, sizeof(set)))
			return -EFAULT;
		switch (how) {
		case SIG_BLOCK:
			set = old | set;
			break;
		case SIG_UNBLOCK:
			set = old & ~set;
			break;
		case SIG_SETMASK:
			break;
		default:
			return -EINVAL;
		}
		signal_set_blocked(t, set);
	}
	if (uold && copy_to_user(t, uold, &old, sizeof(old)))
		return -EFAULT;
	return 0;
}

long sys_rt_sigpending(struct task *t, uaddr_t uset, size_t sigsetsize)
{
	struct mutex *mu = &t->tg->sighand->mu;
	sigset64_t set;

	if (sigsetsize > sizeof(set))
		return -EINVAL;
	mutex_lock(mu);
	set = (t->pending.set | t->tg->pending.set) & t->blocked;
	mutex_unlock(mu);
	return copy_to_user(t, uset, &set, sigsetsize);
}

long sys_rt_sigsuspend(struct task *t, uaddr_t unewset, size_t sigsetsize)
{
	int err;

	if (sigsetsize != sizeof(sigset64_t))
		return -EINVAL;
	if (!unewset)
		return -EFAULT;
	err = signal_use_mask(t, unewset, sigsetsize);
	if (err)
		return err;
	return sys_pause(t);
}

long sys_pause(struct task *t)
{
	(void)t;
	while (!task_interrupted())
		park_interruptible(PARK_FOREVER);
	return -ERESTARTNOHAND;
}

/* The signals of @these that are pending, or that come before @deadline. */
static int wait_for_signal(struct task *t, sigset64_t these, u64 deadline, siginfo_t *info)
{
	struct mutex *mu = &t->tg->sighand->mu;
	bool interrupted = false;
	int sig;

	mutex_lock(mu);
	sig = signal_dequeue_locked(t, these, info);
	if (!sig && deadline) {
		/* Unblocked for senders: they wake us; nothing is delivered meanwhile. */
		t->real_blocked = t->blocked;
		t->blocked &= ~these;
		signal_recalc_locked(t);
		mutex_unlock(mu);
		while (!task_interrupted() && (deadline == PARK_FOREVER || now_ns() < deadline))
			park_interruptible(deadline);
		interrupted = task_interrupted();
		mutex_lock(mu);
		t->blocked = t->real_blocked;
		t->real_blocked = 0;
		sig = signal_dequeue_locked(t, these, info);
	}
	signal_recalc_locked(t);
	mutex_unlock(mu);
	if (sig)
		return sig;
	return interrupted ? -EINTR : -EAGAIN;
}

long sys_rt_sigtimedwait(struct task *t, uaddr_t uthese, uaddr_t uinfo, uaddr_t uts,
			 size_t sigsetsize)
{
	u64 deadline = PARK_FOREVER;
	sigset64_t these;
	siginfo_t info;
	int sig;

	if (sigsetsize != sizeof(these))
		return -EINVAL;
	if (copy_from_user(t, &these, uthese, sizeof(these)))
		return -EFAULT;
	if (uts) {
		int err = deadline_from_user(t, uts, &deadline);

		if (err)
			return err;
	}
	sig = wait_for_signal(t, these & ~SIG_UNBLOCKABLE, deadline, &info);
	if (sig > 0 && uinfo && copy_to_user(t, uinfo, &info, sizeof(info)))
		return -EFAULT;
	return sig;
}

long sys_sigaltstack(struct task *t, uaddr_t uss, uaddr_t uoss)
{
	stack_t ss = {0}, old = {0};
	struct regs regs;
	int err;

	if (uss && copy_from_user(t, &ss, uss, sizeof(ss)))
		return -EFAULT;
	err = fastpath_get_regs(t->mm, t->vcpu, &regs);
	if (err)
		return err;
	sigaltstack_get(t, regs.sp, &old);
	if (uss) {
		err = sigaltstack_set(t, &ss, regs.sp);
		if (err)
			return err;
	}
	if (uoss && copy_to_user(t, uoss, &old, sizeof(old)))
		return -EFAULT;
	return 0;
}

long sys_rt_sigreturn(struct task *t)
{
	int err = sigframe_restore(t);

	t->no_result = true;
	task_set_call(t, NO_CALL);
	if (err == -EFAULT) {
		siginfo_t info;

		signal_info_kernel(&info, SIGSEGV);
		signal_force(t, &info);
	}
	return 0;
}

/* Only task_main() restarts a call; a guest that asks for it has nothing to restart. */
long sys_restart_syscall(struct task *t)
{
	(void)t;
	return -EINTR;
}
