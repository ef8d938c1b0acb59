/*
 * Sessions and process groups (session.h).  Both are lists of processes that
 * hang on the struct pid of their founder, who may be long gone.
 */
#include "kernel/session.h"

#include "kernel/task.h"

struct session_hooks session_hooks;

bool session_is_leader_locked(const struct tgroup *tg)
{
	return tg->session == tg->pid;
}

void session_leader_exit(struct tgroup *tg)
{
	bool told;

	mutex_lock(&tasklist_lock);
	told = session_is_leader_locked(tg) && tg->tty;
	mutex_unlock(&tasklist_lock);
	if (told && session_hooks.leader_exit)
		session_hooks.leader_exit(tg);
}

/* Both pids stay the caller's; the one that is replaced is put. */
static void move_pgrp_locked(struct tgroup *tg, struct pid *to) REQUIRES(tasklist_lock)
{
	struct pid *old = tg->pgrp;

	list_del(&tg->pgrp_node);
	list_add_tail(&tg->pgrp_node, &to->pgrp);
	tg->pgrp = pid_get(to);
	pid_put(old);
}

static void move_session_locked(struct tgroup *tg, struct pid *to) REQUIRES(tasklist_lock)
{
	struct pid *old = tg->session;

	list_del(&tg->session_node);
	list_add_tail(&tg->session_node, &to->session);
	tg->session = pid_get(to);
	pid_put(old);
}

int session_create(struct task *t, pid_t *ret_sid)
{
	struct tgroup *tg = t->tg;
	int err = 0;

	mutex_lock(&tasklist_lock);
	/* A group of that number, whoever is in it, would end up in two sessions. */
	if (!list_empty(&tg->pid->pgrp) || session_is_leader_locked(tg)) {
		err = -EPERM;
	} else {
		move_session_locked(tg, tg->pid);
		move_pgrp_locked(tg, tg->pid);
		tg->tty = NULL;
		*ret_sid = tg->pid->nr;
	}
	mutex_unlock(&tasklist_lock);
	return err;
}

/* May @self move @tg, itself or a child? */
static int may_move_locked(struct tgroup *self, struct tgroup *tg) REQUIRES(tasklist_lock)
{
	if (tg->parent == self && tg != self) {
		if (tg->session != self->session)
			return -EPERM;
		if (tg->did_exec)
			return -EACCES;
	} else if (tg != self) {
		return -ESRCH;
	}
	return session_is_leader_locked(tg) ? -EPERM : 0;
}

/* Joining a group takes a member of it in the caller's session. */
static bool group_is_here_locked(struct pid *pgrp, struct tgroup *self) REQUIRES(tasklist_lock)
{
	struct tgroup *first;

	if (list_empty(&pgrp->pgrp))
		return false;
	first = list_first_entry(&pgrp->pgrp, struct tgroup, pgrp_node);
	return first->session == self->session;
}

static int set_pgrp_locked(struct tgroup *self, pid_t nr, pid_t pgid) REQUIRES(tasklist_lock)
{
	struct pid *p = pid_find_locked(nr), *to;
	int err;

	if (!p || !p->task)
		return -ESRCH;
	if (!p->tg)
		return -EINVAL; /* a thread */
	err = may_move_locked(self, p->tg);
	if (err)
		return err;
	to = p;
	if (pgid != nr) {
		to = pid_find_locked(pgid);
		if (!to || !group_is_here_locked(to, self))
			return -EPERM;
	}
	if (p->tg->pgrp != to)
		move_pgrp_locked(p->tg, to);
	return 0;
}

int session_set_pgrp(struct task *t, pid_t pid, pid_t pgid)
{
	int err;

	if (!pid)
		pid = task_tgid(t);
	if (!pgid)
		pgid = pid;
	if (pgid < 0)
		return -EINVAL;
	mutex_lock(&tasklist_lock);
	err = set_pgrp_locked(t->tg, pid, pgid);
	mutex_unlock(&tasklist_lock);
	return err;
}

/* The process of thread or process number @nr. */
static struct tgroup *find_locked(struct task *t, pid_t nr) REQUIRES(tasklist_lock)
{
	struct pid *p;

	if (!nr)
		return t->tg;
	p = pid_find_locked(nr);
	return p && p->task ? p->task->tg : NULL;
}

long session_get_pgrp(struct task *t, pid_t pid)
{
	struct tgroup *tg;
	long ret;

	mutex_lock(&tasklist_lock);
	tg = find_locked(t, pid);
	ret = tg ? tg->pgrp->nr : -ESRCH;
	mutex_unlock(&tasklist_lock);
	return ret;
}

long session_get_sid(struct task *t, pid_t pid)
{
	struct tgroup *tg;
	long ret;

	mutex_lock(&tasklist_lock);
	tg = find_locked(t, pid);
	ret = tg ? tg->session->nr : -ESRCH;
	mutex_unlock(&tasklist_lock);
	return ret;
}
