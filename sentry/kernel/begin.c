/*
 * What each program asks and says at its start: begin.h.
 *
 * A program's start is two dozen calls, and more of them than those that map it ask for what
 * it was given, or say where something of its own stands: brk(0), set_tid_address(2),
 * set_robust_list(2), prlimit64(2).  The stub answers them.
 *
 * Told is what cannot change without the task or without us: the end of the heap while it has
 * its memory for itself; limits until somebody sets one (tgroup_lock_limits()).  Pointers stand
 * in the channel until they are wanted: at the end of the task or of its program, or when
 * somebody asks for them.
 *
 * Locks: sighand for the vcpus of others; within it tg->rlim_mu, under which limits are told and
 * hidden.
 */
#include "kernel/begin.h"

#include "kernel/signal.h"
#include "kernel/task.h"
#include "mm/mm.h"
#include "platform/begin.h"

void task_tell_limits(struct task *t)
{
	if (!t->vcpu)
		return;
	mutex_lock(&t->tg->rlim_mu);
	vcpu_set_limits(t->vcpu, t->tg->rlim);
	mutex_unlock(&t->tg->rlim_mu);
}

void task_tell_brk(struct task *t)
{
	bool alone = t->mm && __atomic_load_n(&t->mm->nr_users, __ATOMIC_RELAXED) == 1;

	if (t->vcpu)
		vcpu_set_brk(t->vcpu, alone ? t->mm->brk : 0);
}

void task_tell_begin(struct task *t)
{
	task_tell_limits(t);
	task_tell_brk(t);
}

void task_hear_begin(struct task *t)
{
	struct vcpu_begun b;

	if (!t->vcpu)
		return;
	vcpu_take_begun(t->vcpu, &b);
	if (b.tid)
		t->clear_child_tid = b.clear_child_tid;
	if (b.robust)
		__atomic_store_n(&t->robust_list, b.robust_list, __ATOMIC_RELAXED);
}

uaddr_t task_robust_list(struct task *t)
{
	struct sighand *sh = sighand_lock(t->tg);
	uaddr_t list = __atomic_load_n(&t->robust_list, __ATOMIC_RELAXED);
	struct vcpu_begun b = {0};

	if (t->vcpu)
		vcpu_begun(t->vcpu, &b);
	sighand_unlock(sh);
	return b.robust ? b.robust_list : list;
}

void tgroup_lock_limits(struct tgroup *tg) NO_TSA
{
	struct sighand *sh = sighand_lock(tg);
	struct task *t;

	mutex_lock(&tg->rlim_mu);
	list_for_each_entry (t, &tg->threads, thread_node) {
		if (t->vcpu)
			vcpu_hide_limits(t->vcpu);
	}
	sighand_unlock(sh);
}

void tgroup_unlock_limits(struct tgroup *tg) NO_TSA
{
	mutex_unlock(&tg->rlim_mu);
}
