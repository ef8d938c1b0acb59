/* Priorities, policies and processors of threads (prio.h). */
#include "kernel/prio.h"

#include <string.h>
#include <sys/resource.h>

#include "host/host.h"
#include "kernel/cred.h"
#include "kernel/task.h"
#include "lib/alloc.h"

#define RT_PRIO_MAX 99

/* Whose scheduling may be changed: one's own user's. */
static bool may_change(struct task *t, struct task *other)
{
	cleanup_cred struct cred *o = task_cred_get(other);

	return t->cred->euid == o->uid || t->cred->euid == o->euid || task_capable(t, CAP_SYS_NICE);
}

int prio_get_nice(struct task *other)
{
	int nice;

	spin_lock(&other->lock);
	nice = other->nice;
	spin_unlock(&other->lock);
	return nice;
}

int prio_set_nice(struct task *t, struct task *other, int nice)
{
	u64 floor = task_rlimit(other, RLIMIT_NICE);

	nice = max(-20, min(nice, 19));
	if (!may_change(t, other))
		return -EPERM;
	/* RLIMIT_NICE counts from 1 (nice 19) to 40 (nice -20). */
	if (nice < prio_get_nice(other) && (u64)(20 - nice) > floor &&
	    !task_capable(t, CAP_SYS_NICE))
		return -EACCES;
	spin_lock(&other->lock);
	other->nice = nice;
	spin_unlock(&other->lock);
	return 0;
}

int prio_range(int policy, int *ret_min, int *ret_max)
{
	switch (policy) {
	case SCHED_FIFO:
	case SCHED_RR:
		*ret_min = 1;
		*ret_max = RT_PRIO_MAX;
		return 0;
	case SCHED_OTHER:
	case SCHED_BATCH:
	case SCHED_IDLE:
		*ret_min = *ret_max = 0;
		return 0;
	default:
		return -EINVAL;
	}
}

static bool is_realtime(int policy)
{
	return policy == SCHED_FIFO || policy == SCHED_RR;
}

void prio_get_policy(struct task *other, struct prio_policy *ret)
{
	spin_lock(&other->lock);
	ret->policy = other->sched_policy;
	ret->priority = other->sched_priority;
	ret->reset_on_fork = other->sched_reset_on_fork;
	spin_unlock(&other->lock);
}

/* What takes CAP_SYS_NICE: real-time beyond the limit, leaving SCHED_IDLE, clearing the reset. */
static bool may_take_policy(struct task *other, const struct prio_policy *old,
			    const struct prio_policy *p)
{
	u64 limit = task_rlimit(other, RLIMIT_RTPRIO);

	if (is_realtime(p->policy)) {
		if (p->policy != old->policy && !limit)
			return false;
		if (p->priority > old->priority && (u64)p->priority > limit)
			return false;
	}
	if (old->policy == SCHED_IDLE && p->policy != SCHED_IDLE &&
	    (u64)(20 - prio_get_nice(other)) > task_rlimit(other, RLIMIT_NICE))
		return false;
	return !old->reset_on_fork || p->reset_on_fork;
}

int prio_set_policy(struct task *t, struct task *other, const struct prio_policy *p)
{
	struct prio_policy old;
	int lo, hi;

	if (prio_range(p->policy, &lo, &hi) || p->priority < lo || p->priority > hi)
		return -EINVAL;
	prio_get_policy(other, &old);
	if (!task_capable(t, CAP_SYS_NICE) &&
	    (!may_change(t, other) || !may_take_policy(other, &old, p)))
		return -EPERM;
	spin_lock(&other->lock);
	other->sched_policy = p->policy;
	other->sched_priority = p->priority;
	other->sched_reset_on_fork = p->reset_on_fork;
	spin_unlock(&other->lock);
	return 0;
}

static cpu_set_t online; /* immutable after prio_init() */

void prio_init(void)
{
	if (host_sched_getaffinity(0, &online))
		CPU_SET(0, &online);
}

const cpu_set_t *prio_online(void)
{
	return &online;
}

int prio_set_affinity(struct task *t, struct task *other, const cpu_set_t *mask)
{
	cpu_set_t *set, *old;

	if (!may_change(t, other))
		return -EPERM;
	set = kzalloc(sizeof(*set));
	if (!set)
		return -ENOMEM;
	CPU_AND(set, mask, prio_online());
	if (CPU_COUNT(set) == 0) {
		kfree(set);
		return -EINVAL;
	}
	spin_lock(&other->lock);
	old = other->affinity;
	other->affinity = set;
	spin_unlock(&other->lock);
	kfree(old);
	return 0;
}

void prio_get_affinity(struct task *other, cpu_set_t *ret)
{
	*ret = *prio_online();
	spin_lock(&other->lock);
	if (other->affinity)
		*ret = *other->affinity;
	spin_unlock(&other->lock);
}

int prio_get_io(struct task *other)
{
	int io;

	spin_lock(&other->lock);
	io = other->ioprio;
	spin_unlock(&other->lock);
	return io;
}

int prio_set_io(struct task *t, struct task *other, int io)
{
	if (!may_change(t, other))
		return -EPERM;
	spin_lock(&other->lock);
	other->ioprio = (u16)io;
	spin_unlock(&other->lock);
	return 0;
}

static void visit(struct prio_walk *w, struct task *t)
{
	w->fn(w, t);
	w->any = true;
}

static bool is_meant(struct task *t, int which, struct pid *pgrp, u32 uid)
{
	cleanup_cred struct cred *c = NULL;
	bool meant;

	if (which == PRIO_PGRP) {
		mutex_lock(&tasklist_lock);
		meant = t->tg->pgrp == pgrp;
		mutex_unlock(&tasklist_lock);
		return meant;
	}
	c = task_cred_get(t);
	return c->uid == uid;
}

/* Every thread of a process; they are few, and may come and go meanwhile. */
static struct task *next_thread_get(struct tgroup *tg, pid_t after)
{
	struct task *t, *best = NULL;

	mutex_lock(&tasklist_lock);
	list_for_each_entry (t, &tg->threads, thread_node) {
		if (task_tid(t) > after && (!best || task_tid(t) < task_tid(best)))
			best = t;
	}
	if (best)
		task_get(best);
	mutex_unlock(&tasklist_lock);
	return best;
}

static void walk_all(struct prio_walk *w, int which, struct pid *pgrp, u32 uid)
{
	struct tgroup *tg, *next;

	for (tg = tgroup_next_get(0); tg; tg = next) {
		struct task *t, *after;

		for (t = next_thread_get(tg, 0); t; t = after) {
			if (is_meant(t, which, pgrp, uid))
				visit(w, t);
			after = next_thread_get(tg, task_tid(t));
			task_put(t);
		}
		next = tgroup_next_get(tg->pid->nr);
		tgroup_put(tg);
	}
}

int prio_walk(struct prio_walk *w, int which, int who)
{
	cleanup_task struct task *one = NULL;
	cleanup_pid struct pid *pgrp = NULL;

	w->which = which;
	switch (which) {
	case PRIO_PROCESS:
		one = who ? task_find_get(who) : task_get(w->caller);
		if (one)
			visit(w, one);
		break;
	case PRIO_PGRP:
		if (who) {
			pgrp = pid_find_get(who);
		} else {
			mutex_lock(&tasklist_lock);
			pgrp = pid_get(w->caller->tg->pgrp);
			mutex_unlock(&tasklist_lock);
		}
		if (pgrp)
			walk_all(w, which, pgrp, 0);
		break;
	case PRIO_USER:
		walk_all(w, which, NULL, who ? (u32)who : w->caller->cred->uid);
		break;
	default:
		return -EINVAL;
	}
	return w->any ? 0 : -ESRCH;
}
