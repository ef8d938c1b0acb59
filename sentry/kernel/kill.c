/*
 * Who may signal whom, and whom kill(2) means.
 *
 * Locks: tasklist_lock over the whole of a group, so that a fork cannot slip a
 * child past it; sighand->mu of each target below it.
 */
#include "kernel/signal_internal.h"

/* kill(2)'s rule on identities; @to's credentials are looked at under its lock. */
static bool ids_allow(const struct cred *from, struct task *to)
{
	bool ok;

	spin_lock(&to->lock);
	ok = from->euid == to->cred->suid || from->euid == to->cred->uid ||
	     from->uid == to->cred->suid || from->uid == to->cred->uid;
	spin_unlock(&to->lock);
	return ok || cred_capable(from, CAP_KILL);
}

int signal_may_send(struct task *from, struct task *to, int sig)
{
	if (from->tg == to->tg || ids_allow(from->cred, to))
		return 0;
	/* Job control of a shell reaches setuid children too. */
	if (sig == SIGCONT && from->tg->session == to->tg->session)
		return 0;
	return -EPERM;
}

/* To one process, tasklist_lock held. */
static int send_checked_locked(struct task *from, struct tgroup *tg, int sig, const siginfo_t *info)
	REQUIRES(tasklist_lock)
{
	int err = signal_may_send(from, tg->leader, sig);

	if (err || sig == 0)
		return err;
	return signal_send_tgroup(tg, info);
}

static int kill_one_locked(struct task *from, pid_t nr, int sig, const siginfo_t *info)
	REQUIRES(tasklist_lock)
{
	struct pid *pid = pid_find_locked(nr);

	if (!pid)
		return -ESRCH;
	/* As on Linux, the number of any of its threads names the process. */
	if (pid->tg)
		return send_checked_locked(from, pid->tg, sig, info);
	if (pid->task)
		return send_checked_locked(from, pid->task->tg, sig, info);
	return -ESRCH;
}

/* One success is success; else the last error, -ESRCH for an empty group. */
static int kill_pgrp_locked(struct task *from, struct pid *pgrp, int sig, const siginfo_t *info)
	REQUIRES(tasklist_lock)
{
	bool any = false;
	int ret = -ESRCH;
	struct tgroup *tg;

	list_for_each_entry (tg, &pgrp->pgrp, pgrp_node) {
		int err = send_checked_locked(from, tg, sig, info);

		any |= !err;
		ret = err;
	}
	return any ? 0 : ret;
}

static int kill_group(struct task *from, pid_t nr, int sig, const siginfo_t *info)
{
	struct pid *pgrp;
	int err;

	mutex_lock(&tasklist_lock);
	pgrp = nr ? pid_find_locked(nr) : from->tg->pgrp;
	err = pgrp ? kill_pgrp_locked(from, pgrp, sig, info) : -ESRCH;
	mutex_unlock(&tasklist_lock);
	return err;
}

/* Every process but init and the sender's own. */
static int kill_all(struct task *from, int sig, const siginfo_t *info)
{
	pid_t after = 1;
	bool any = false;
	int ret = 0;

	for (;;) {
		cleanup_tgroup struct tgroup *tg = tgroup_next_get(after);

		int err;

		if (!tg)
			return any ? ret : -ESRCH;
		after = tg->pid->nr;
		if (tg == from->tg || tg->unkillable)
			continue;
		any = true;
		mutex_lock(&tasklist_lock);
		err = send_checked_locked(from, tg, sig, info);
		mutex_unlock(&tasklist_lock);
		/* As on Linux, being refused by everybody is success. */
		if (err != -EPERM)
			ret = err;
	}
}

int signal_kill(struct task *from, pid_t nr, int sig, const siginfo_t *info)
{
	int err;

	if (nr == INT32_MIN)
		return -ESRCH;
	if (nr == -1)
		return kill_all(from, sig, info);
	if (nr <= 0)
		return kill_group(from, -nr, sig, info);
	mutex_lock(&tasklist_lock);
	err = kill_one_locked(from, nr, sig, info);
	mutex_unlock(&tasklist_lock);
	return err;
}

int signal_send_pgrp(struct pid *pgrp, const siginfo_t *info)
{
	struct tgroup *tg;
	int ret = -ESRCH;

	mutex_lock(&tasklist_lock);
	list_for_each_entry (tg, &pgrp->pgrp, pgrp_node) {
		(void)signal_send_tgroup(tg, info);
		ret = 0;
	}
	mutex_unlock(&tasklist_lock);
	return ret;
}
