/*
 * Sessions, foreground groups and their signals (tty.h).
 *
 * Locks: tasklist_lock guards tty->session, tty->pgrp and tg->tty.  Signals are
 * sent after it is dropped, to groups held by reference.
 */
#include <signal.h>

#include "fs/tty/internal.h"
#include "kernel/exit.h"
#include "kernel/session.h"
#include "kernel/task.h"
#include "mm/uaccess.h"

static void swap_pid(struct pid **at, struct pid *p)
{
	struct pid *old = *at;

	*at = p ? pid_get(p) : NULL;
	if (old)
		pid_put(old);
}

static void set_controlling_locked(struct tty *tty, struct tgroup *tg) REQUIRES(tasklist_lock)
{
	swap_pid(&tty->session, tg->session);
	swap_pid(&tty->pgrp, tg->pgrp);
	tg->tty = tty;
}

void tty_set_controlling(struct tty *tty, struct tgroup *tg)
{
	mutex_lock(&tasklist_lock);
	set_controlling_locked(tty, tg);
	mutex_unlock(&tasklist_lock);
}

/* Nobody in the session of @tty has it any more. */
static void clear_session_locked(struct tty *tty) REQUIRES(tasklist_lock)
{
	struct tgroup *tg;

	if (tty->session) {
		list_for_each_entry (tg, &tty->session->session, session_node) {
			if (tg->tty == tty)
				tg->tty = NULL;
		}
	}
	swap_pid(&tty->session, NULL);
	swap_pid(&tty->pgrp, NULL);
}

void tty_leave_session(struct tty *tty)
{
	mutex_lock(&tasklist_lock);
	clear_session_locked(tty);
	mutex_unlock(&tasklist_lock);
}

void tty_open_controlling(struct tty *tty, struct task *t, bool readable)
{
	mutex_lock(&tasklist_lock);
	/* As on Linux, one who can only write gets no terminal by that. */
	if (session_is_leader_locked(t->tg) && !t->tg->tty && !tty->session && readable)
		set_controlling_locked(tty, t->tg);
	mutex_unlock(&tasklist_lock);
}

struct tty *tty_of(struct task *t)
{
	struct tty *tty;

	mutex_lock(&tasklist_lock);
	tty = t->tg->tty && ref_get_unless_zero(&t->tg->tty->ref) ? t->tg->tty : NULL;
	mutex_unlock(&tasklist_lock);
	return tty;
}

static int signal_group(struct pid *pgrp, int sig)
{
	siginfo_t info;

	if (!pgrp)
		return -ESRCH;
	signal_info_kernel(&info, sig);
	return signal_send_pgrp(pgrp, &info);
}

static struct pid *foreground_get(struct tty *tty)
{
	struct pid *p;

	mutex_lock(&tasklist_lock);
	p = tty->pgrp ? pid_get(tty->pgrp) : NULL;
	mutex_unlock(&tasklist_lock);
	return p;
}

int tty_signal(struct tty *tty, int sig)
{
	cleanup_pid struct pid *pgrp = foreground_get(tty);

	return signal_group(pgrp, sig);
}

/*
 * Differs: Linux sends SIGHUP to the foreground group only when the leader that
 * got it ends; here it goes at once.
 */
void tty_hangup_session(struct tty *tty)
{
	cleanup_pid struct pid *pgrp = NULL;
	cleanup_tgroup struct tgroup *leader = NULL;
	siginfo_t info;

	mutex_lock(&tasklist_lock);
	pgrp = tty->pgrp ? pid_get(tty->pgrp) : NULL;
	leader = tty->session && tty->session->tg ? tgroup_get(tty->session->tg) : NULL;
	clear_session_locked(tty);
	mutex_unlock(&tasklist_lock);
	if (leader) {
		signal_info_kernel(&info, SIGHUP);
		signal_send_tgroup(leader, &info);
		signal_info_kernel(&info, SIGCONT);
		signal_send_tgroup(leader, &info);
	}
	if (pgrp && (!leader || pgrp != leader->pid))
		signal_group(pgrp, SIGHUP);
}

void tty_leader_exit(struct tgroup *tg)
{
	cleanup_pid struct pid *pgrp = NULL;

	mutex_lock(&tasklist_lock);
	if (tg->tty && tg->tty->session == tg->session) {
		pgrp = tg->tty->pgrp ? pid_get(tg->tty->pgrp) : NULL;
		clear_session_locked(tg->tty);
	}
	mutex_unlock(&tasklist_lock);
	signal_group(pgrp, SIGHUP);
}

/* Does the caller not care for @sig: then it is not sent. */
static bool sig_is_ignored(struct task *t, int sig)
{
	struct sighand *sh = sighand_lock(t->tg);
	bool ignored = t->blocked & sig_bit(sig) || sh->action[sig - 1].handler == 1;

	sighand_unlock(sh);
	return ignored;
}

int tty_check_change(struct tty *tty, struct task *t, int sig)
{
	cleanup_pid struct pid *pgrp = NULL;
	bool background, orphaned = false;

	mutex_lock(&tasklist_lock);
	background = t->tg->tty == tty && tty->pgrp && t->tg->pgrp != tty->pgrp;
	if (background) {
		pgrp = pid_get(t->tg->pgrp);
		orphaned = pgrp_is_orphaned_locked(pgrp, NULL);
	}
	mutex_unlock(&tasklist_lock);
	if (!background)
		return 0;
	if (sig_is_ignored(t, sig))
		return sig == SIGTTIN ? -EIO : 0;
	if (orphaned)
		return -EIO;
	signal_group(pgrp, sig);
	return -ERESTARTSYS;
}

pid_t tty_ids_locked(const struct tgroup *tg, u64 *ret_rdev)
{
	/* One who has left its session for good may point at a terminal that is gone. */
	const struct tty *tty = list_empty(&tg->session_node) ? NULL : tg->tty;

	*ret_rdev = tty ? tty->rdev : 0;
	return tty && tty->pgrp ? tty->pgrp->nr : -1;
}

static int sctty_locked(struct tty *tty, struct tty_file *tf, struct task *t, bool steal_it)
	REQUIRES(tasklist_lock)
{
	bool admin = task_capable(t, CAP_SYS_ADMIN);

	if (session_is_leader_locked(t->tg) && tty->session == t->tg->session)
		return 0;
	if (!session_is_leader_locked(t->tg) || t->tg->tty)
		return -EPERM;
	if (tty->session && !(steal_it && admin))
		return -EPERM;
	if (!(tf->file.mode & FMODE_READ) && !admin)
		return -EPERM;
	if (tty->session)
		clear_session_locked(tty);
	set_controlling_locked(tty, t->tg);
	return 0;
}

long tty_ioctl_sctty(struct tty *tty, struct tty_file *tf, struct task *t, u64 arg)
{
	int err;

	if (tf->master)
		return -EPERM;
	mutex_lock(&tasklist_lock);
	err = sctty_locked(tty, tf, t, arg == 1);
	mutex_unlock(&tasklist_lock);
	return err;
}

long tty_ioctl_notty(struct tty *tty, struct task *t)
{
	cleanup_pid struct pid *pgrp = NULL;
	bool mine, leader;

	mutex_lock(&tasklist_lock);
	mine = t->tg->tty == tty;
	leader = mine && session_is_leader_locked(t->tg);
	if (leader) {
		pgrp = tty->pgrp ? pid_get(tty->pgrp) : NULL;
		clear_session_locked(tty);
	} else if (mine) {
		t->tg->tty = NULL;
	}
	mutex_unlock(&tasklist_lock);
	if (leader) {
		signal_group(pgrp, SIGHUP);
		signal_group(pgrp, SIGCONT);
	}
	return mine ? 0 : -ENOTTY;
}

long tty_ioctl_gpgrp(struct tty *tty, struct tty_file *tf, struct task *t, uaddr_t arg)
{
	pid_t nr = 0;
	bool mine;

	mutex_lock(&tasklist_lock);
	mine = tf->master || t->tg->tty == tty;
	if (tty->pgrp)
		nr = tty->pgrp->nr;
	mutex_unlock(&tasklist_lock);
	return mine ? put_user(t, nr, arg) : -ENOTTY;
}

static int spgrp_locked(struct tty *tty, struct task *t, pid_t nr) REQUIRES(tasklist_lock)
{
	struct pid *p;
	struct tgroup *first;

	if (t->tg->tty != tty || tty->session != t->tg->session)
		return -ENOTTY;
	p = pid_find_locked(nr);
	if (!p || list_empty(&p->pgrp))
		return -ESRCH;
	first = list_first_entry(&p->pgrp, struct tgroup, pgrp_node);
	if (first->session != t->tg->session)
		return -EPERM;
	swap_pid(&tty->pgrp, p);
	return 0;
}

long tty_ioctl_spgrp(struct tty *tty, struct task *t, uaddr_t arg)
{
	pid_t nr;
	int err = tty_check_change(tty, t, SIGTTOU);

	if (err)
		return err;
	if (get_user(t, &nr, arg))
		return -EFAULT;
	if (nr < 0)
		return -EINVAL;
	mutex_lock(&tasklist_lock);
	err = spgrp_locked(tty, t, nr);
	mutex_unlock(&tasklist_lock);
	return err;
}

long tty_ioctl_gsid(struct tty *tty, struct tty_file *tf, struct task *t, uaddr_t arg)
{
	pid_t nr = 0;

	mutex_lock(&tasklist_lock);
	if ((tf->master || t->tg->tty == tty) && tty->session)
		nr = tty->session->nr;
	mutex_unlock(&tasklist_lock);
	return nr ? put_user(t, nr, arg) : -ENOTTY;
}
