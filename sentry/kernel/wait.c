/*
 * Waiting for children (wait.h)
 *
 * One look over the children under tasklist_lock: the first that fits and has
 * news is taken.  If none has, but one fits, the caller sleeps on its process's
 * wait_wq, which every change of a child wakes.
 *
 * Not done: children that are traced (ptrace).
 */
#include "kernel/wait.h"

#include "kernel/exit.h"
#include "kernel/rusage.h"
#include "kernel/task.h"

static bool fits_locked(struct task *t, const struct wait_req *req, struct tgroup *child)
	REQUIRES(tasklist_lock)
{
	if (req->type == P_PID && child->pid != req->pid)
		return false;
	if (req->type == P_PGID && child->pgrp != req->pid)
		return false;
	if ((req->options & __WNOTHREAD) && child->parent_thread != t)
		return false;
	if (req->options & __WALL)
		return true;
	return (child->exit_signal != SIGCHLD) == !!(req->options & __WCLONE);
}

static void fill_locked(struct tgroup *child, int wstatus, struct wait_result *ret)
	REQUIRES(tasklist_lock)
{
	struct cred *c = task_cred_get(child->leader);

	ret->pid = child->pid->nr;
	ret->uid = c->uid;
	ret->wstatus = wstatus;
	rusage_both_locked(child, &ret->ru);
	cred_put(c);
}

static bool take_zombie_locked(struct tgroup *parent, struct tgroup *child, int options,
			       struct wait_result *ret, struct task **ret_dead)
	REQUIRES(tasklist_lock)
{
	if (!child->zombie || !(options & WEXITED))
		return false;
	fill_locked(child, tgroup_wait_status_locked(child), ret);
	wait_status_to_info(ret->wstatus, &ret->code, &ret->status);
	if (!(options & WNOWAIT)) {
		rusage_reap_locked(parent, child);
		*ret_dead = tgroup_reap_locked(child);
	}
	return true;
}

static bool take_report_locked(struct tgroup *child, int options, struct wait_result *ret)
	REQUIRES(tasklist_lock)
{
	int wstatus;

	if (child->zombie || !tgroup_take_report(child, options, &wstatus))
		return false;
	fill_locked(child, wstatus, ret);
	if (WIFCONTINUED(wstatus)) {
		ret->code = CLD_CONTINUED;
		ret->status = SIGCONT;
	} else {
		ret->code = CLD_STOPPED;
		ret->status = WSTOPSIG(wstatus);
	}
	return true;
}

/* One look: 1 found, 0 nothing yet, -ECHILD nobody fits. */
static int look_locked(struct task *t, const struct wait_req *req, struct wait_result *ret,
		       struct task **ret_dead) REQUIRES(tasklist_lock)
{
	struct tgroup *child;
	int found = -ECHILD;

	list_for_each_entry (child, &t->tg->children, sibling) {
		if (!fits_locked(t, req, child))
			continue;
		if (take_zombie_locked(t->tg, child, req->options, ret, ret_dead) ||
		    take_report_locked(child, req->options, ret))
			return 1;
		found = 0;
	}
	return found;
}

int wait_for_child(struct task *t, const struct wait_req *req, struct wait_result *ret)
{
	struct task *dead = NULL;
	int found, err = 0;

	*ret = (struct wait_result){0};
	mutex_lock(&tasklist_lock);
	for (;;) {
		found = look_locked(t, req, ret, &dead);
		if (found || (req->options & WNOHANG) || err)
			break;
		err = waitq_wait_locked(&t->tg->wait_wq, 0, &tasklist_lock);
	}
	mutex_unlock(&tasklist_lock);
	if (dead)
		task_put(dead);
	if (found < 0)
		return found;
	return found ? 0 : err;
}
