/*
 * vfork(2), and the posix_spawn(3) that is made of it: a child on its parent's vcpu.
 *
 * The parent's host thread would sleep while a second one ran on the same
 * memory.  So there is none: parent's registers and vector state are put aside,
 * the child runs on the parent's thread until it executes a program, for which
 * it gets a process of its own, or ends; then the parent gets its thread and its
 * state back.
 *
 *	do_clone(parent)                    child's fiber
 *	vfork_lend: vcpu moves ---------->  runs
 *	vfork_wait: sleeps                  execve, exit
 *	                       <----------  vfork_release: vcpu moves back
 *	state restored
 *
 * A parent that is killed while it waits leaves its vcpu to the child for good.
 *
 * Locks: c->lock guards c->lender.  A vcpu moves under the sighand of the task
 * that loses it and then of the one that gets it, for those who kick it.
 */
#include "kernel/vfork.h"

#include <sched.h>

#include "abi/arch.h"
#include "kernel/clone.h"
#include "kernel/signal_internal.h"
#include "kernel/task.h"
#include "lib/alloc.h"
#include "platform/platform.h"

struct vfork_loan {
	struct regs regs;
	size_t xsize;
	u8 xstate[];
};

bool vfork_lends(u64 flags)
{
	return (flags & (CLONE_VM | CLONE_VFORK | CLONE_THREAD)) == (CLONE_VM | CLONE_VFORK);
}

static int save(struct vcpu *v, struct vfork_loan **ret)
{
	size_t xsize = platform_info()->xstate_size;
	struct vfork_loan *loan = kzalloc(sizeof(*loan) + xsize);
	int err;

	if (!loan)
		return -ENOMEM;
	loan->xsize = xsize;
	/* What the call has written so far must not wait for its end. */
	vcpu_window_spill(v);
	err = vcpu_get_regs(v, &loan->regs);
	if (!err)
		err = vcpu_get_xstate(v, loan->xstate, xsize);
	if (err)
		kfree(loan);
	else
		*ret = loan;
	return err;
}

/* What the child did to the thread is undone; one that is dead tells its owner when it runs. */
static void restore_take(struct vcpu *v, struct vfork_loan *loan)
{
	(void)!(vcpu_set_xstate(v, loan->xstate, loan->xsize) || vcpu_set_regs(v, &loan->regs));
	kfree(loan);
}

int vfork_lend(struct task *t, struct task *c, const struct clone_req *rq, struct vfork_loan **ret)
{
	struct vfork_loan *loan;
	struct regs regs;
	int err;

	err = save(t->vcpu, &loan);
	if (err)
		return err == -ESRCH ? -EAGAIN : err;
	regs = loan->regs;
	arch_child_regs(&regs, rq->sp);
	if (rq->flags & CLONE_SETTLS)
		arch_set_tls(&regs, rq->tls);
	err = vcpu_set_regs(t->vcpu, &regs);
	if (err) {
		restore_take(t->vcpu, loan);
		return err == -ESRCH ? -EAGAIN : err;
	}
	c->lender = t;
	task_move_vcpu(t, c);
	*ret = loan;
	return 0;
}

void vfork_undo(struct task *t, struct task *c, struct vfork_loan *loan)
{
	c->lender = NULL;
	task_move_vcpu(c, t);
	restore_take(t->vcpu, loan);
}

/* Once: by the child that gives the vcpu back, or by the lender that is killed. */
static struct task *take_lender(struct task *c)
{
	struct task *lender;

	spin_lock(&c->lock);
	lender = c->lender;
	c->lender = NULL;
	spin_unlock(&c->lock);
	return lender;
}

static void await_release(struct task *t, struct task *c, bool killable)
{
	waitq_await(&c->vfork_wq, !__atomic_load_n(&c->in_vfork, __ATOMIC_ACQUIRE) ||
					  (killable && signal_fatal_pending(t)));
}

void vfork_wait(struct task *t, struct task *c, struct vfork_loan *loan)
{
	await_release(t, c, true);
	if (!loan)
		return;
	/* Killed.  If the vcpu is on its way back already, it is soon there. */
	if (__atomic_load_n(&c->in_vfork, __ATOMIC_ACQUIRE) && !take_lender(c))
		await_release(t, c, false);
	if (t->vcpu)
		restore_take(t->vcpu, loan);
	else
		kfree(loan);
}

void vfork_release(struct task *c)
{
	struct task *lender = take_lender(c);

	if (lender)
		task_move_vcpu(c, lender);
	if (__atomic_exchange_n(&c->in_vfork, false, __ATOMIC_ACQ_REL))
		waitq_wake_all(&c->vfork_wq);
}
