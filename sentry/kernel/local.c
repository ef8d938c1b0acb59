/*
 * What the stub answers by itself: getpid(2) and its kin, and rt_sigaction(2) of
 * signals whose action is plain (default, no flags, no mask).
 *
 * The stub may set such an action to the same again, which only stores a
 * restorer.  It notes that, and it is looked at before an action is read or copied,
 * before it is told anew, and before the task loses its vcpu: nobody else asks for
 * the restorer of a signal that has no handler.
 *
 * Handlers that several tasks share are told to none of them.
 *
 * Locks: tasklist_lock for who shares; sighand->mu for the actions.
 */
#include "kernel/begin.h"
#include "kernel/signal_internal.h"
#include "kernel/trace.h"
#include "platform/facts.h"
#include "platform/platform.h"

static bool is_plain(const struct linux_sigaction *sa)
{
	return sa->handler == SIG_HANDLER_DFL && sa->mask == 0 &&
	       (sa->flags == SA_RESTORER_FLAG || (sa->flags == 0 && sa->restorer == 0));
}

static bool shares_handlers(struct task *t)
{
	bool shares;

	mutex_lock(&tasklist_lock);
	shares = t->tg->nr_threads > 1 || ref_read(&t->tg->sighand->ref) > 1;
	mutex_unlock(&tasklist_lock);
	return shares;
}

/* The restorer most of them will have: the C library knows one. */
static uaddr_t find_restorer(const struct sighand *sh)
{
	for (int i = 0; i < NSIG_GUEST; i++)
		if (sh->action[i].flags & SA_RESTORER_FLAG)
			return sh->action[i].restorer;
	return 0;
}

static void fill_actions(struct task *t, struct vcpu_local *l)
{
	struct sighand *sh = t->tg->sighand;

	mutex_lock(&sh->mu);
	l->restorer = find_restorer(sh);
	for (int i = 0; i < NSIG_GUEST; i++) {
		const struct linux_sigaction *sa = &sh->action[i];
		u64 bit = sig_bit(i + 1);

		if (!is_plain(sa) || (sa->flags && sa->restorer != l->restorer))
			continue;
		l->plain |= bit;
		if (sa->flags)
			l->restored |= bit;
	}
	mutex_unlock(&sh->mu);
	/* To set those that are ignored by default drops what is pending. */
	l->settable = l->restorer ? l->plain & ~(SIG_UNBLOCKABLE | SIG_QUIET_SET) : 0;
}

void task_tell_actions(struct task *t)
{
	struct vcpu_local l = {
		.pid = (u32)task_tgid(t),
		.tid = (u32)task_tid(t),
		.uid = t->cred->uid,
		.euid = t->cred->euid,
		.gid = t->cred->gid,
		.egid = t->cred->egid,
	};

	if (!t->vcpu)
		return;
	if (trace_is_on()) {
		vcpu_set_local(t->vcpu, NULL);
		return;
	}
	task_hear_stub(t);
	if (!shares_handlers(t))
		fill_actions(t, &l);
	t->settable = l.settable & ~l.restored;
	t->restorer = l.restorer;
	vcpu_set_local(t->vcpu, &l);
}

void task_tell_stub(struct task *t)
{
	if (t->vcpu)
		vcpu_forget_places(t->vcpu);
	task_tell_begin(t);
	task_tell_actions(t);
}

void task_hear_stub(struct task *t)
{
	struct sighand *sh = t->tg->sighand;
	u64 set;

	if (!t->settable || !t->vcpu)
		return;
	set = vcpu_restored(t->vcpu) & t->settable;
	t->settable &= ~set;
	if (!set)
		return;
	mutex_lock(&sh->mu);
	for (int i = 0; i < NSIG_GUEST; i++) {
		struct linux_sigaction *sa = &sh->action[i];

		if (!(set & sig_bit(i + 1)) || !is_plain(sa))
			continue;
		sa->flags = SA_RESTORER_FLAG;
		sa->restorer = t->restorer;
	}
	mutex_unlock(&sh->mu);
}
