/*
 * The end of a thread and of a process (exit.h, task_exit() of task.h)
 *
 * A thread gives back what it has, then leaves the tree: one that is not the
 * leader at once, the leader when its parent has waited for the process, which
 * is a zombie from the end of its last thread until then.  Children go to
 * another thread, the nearest subreaper, or process 1.
 *
 * Locks: tasklist_lock for the tree; sighand->mu below it for signals.  Dead
 * tasks are collected and put after unlocking.
 */
#include "kernel/exit.h"

#include <sys/epoll.h>
#include <sys/wait.h>

#include "fs/fdtable.h"
#include "fs/fs_struct.h"
#include "kernel/begin.h"
#include "kernel/facts.h"
#include "kernel/futex.h"
#include "kernel/init.h"
#include "kernel/posix_timer.h"
#include "kernel/rusage.h"
#include "kernel/sandbox.h"
#include "kernel/session.h"
#include "kernel/signal_internal.h"
#include "kernel/task.h"
#include "kernel/trace.h"
#include "kernel/vfork.h"
#include "mm/mm.h"
#include "mm/uaccess.h"
#include "platform/platform.h"

/* Tasks whose tree reference is to be put: through thread_node. */
static void put_dead(struct list_head *dead)
{
	struct task *t, *n;

	list_for_each_entry_safe (t, n, dead, thread_node) {
		list_del(&t->thread_node);
		task_put(t);
	}
}

static void bury_locked(struct task *t, struct list_head *dead) REQUIRES(tasklist_lock)
{
	task_unpublish_locked(t);
	list_add_tail(&t->thread_node, dead);
}

/* CLONE_CHILD_CLEARTID: pthread_join() waits for it. */
static void clear_tid(struct task *t)
{
	uaddr_t addr = t->clear_child_tid;
	u32 zero = 0;

	t->clear_child_tid = 0;
	/* Nobody else can look when nobody shares the memory. */
	if (!addr || __atomic_load_n(&t->mm->nr_users, __ATOMIC_RELAXED) < 2)
		return;
	if (mm_write(t->mm, addr, &zero, sizeof(zero)) == sizeof(zero))
		(void)futex_wake(t, addr, 1, true);
}

void task_release_mm(struct task *t)
{
	if (t->mm) {
		task_hear_begin(t);
		mm_leave(t);
		futex_exit(t);
		clear_tid(t);
		task_drop_mm(t);
	}
	vfork_release(t);
}

static void release_files(struct task *t)
{
	struct fdtable *ft;
	struct fs_struct *fs;

	task_untell(t);
	task_hear(t);
	spin_lock(&t->lock);
	ft = t->files;
	fs = t->fs;
	t->files = NULL;
	t->fs = NULL;
	spin_unlock(&t->lock);
	if (ft)
		fdtable_put(ft);
	if (fs)
		fs_struct_put(fs);
}

int tgroup_wait_status_locked(struct tgroup *tg)
{
	struct sighand *sh = sighand_lock(tg);
	int status = tg->group_exit ? tg->group_exit_code : tg->leader->exit_code;

	sighand_unlock(sh);
	return status;
}

bool pgrp_is_orphaned_locked(struct pid *pgrp, struct tgroup *ignored)
{
	struct tgroup *tg;

	list_for_each_entry (tg, &pgrp->pgrp, pgrp_node) {
		if (tg == ignored || tg->zombie || !tg->parent)
			continue;
		/* Process 1 controls no jobs, but the caller of the sandbox does its program. */
		if (tg->parent->unkillable && !init_is_main(tg))
			continue;
		if (tg->parent->pgrp != pgrp && tg->parent->session == tg->session)
			return false;
	}
	return true;
}

static bool pgrp_has_stopped_locked(struct pid *pgrp) REQUIRES(tasklist_lock)
{
	struct tgroup *tg;
	bool stopped = false;

	list_for_each_entry (tg, &pgrp->pgrp, pgrp_node) {
		struct sighand *sh = sighand_lock(tg);

		stopped |= tg->stop_complete;
		sighand_unlock(sh);
	}
	return stopped;
}

static void signal_pgrp_locked(struct pid *pgrp, int sig) REQUIRES(tasklist_lock)
{
	struct tgroup *tg;
	siginfo_t info;

	signal_info_kernel(&info, sig);
	list_for_each_entry (tg, &pgrp->pgrp, pgrp_node) {
		(void)signal_send_tgroup(tg, &info);
	}
}

/*
 * POSIX: when the end of a process (@gone) orphans the group of @tg and a member is
 * stopped, nobody could ever continue it: SIGHUP and SIGCONT to all.
 * @parent: whose leaving may do that: of @tg
 */
static void kill_orphaned_pgrp_locked(struct tgroup *tg, struct tgroup *parent, struct tgroup *gone)
	REQUIRES(tasklist_lock)
{
	if (!parent || parent->pgrp == tg->pgrp || parent->session != tg->session)
		return;
	if (!pgrp_is_orphaned_locked(tg->pgrp, gone) || !pgrp_has_stopped_locked(tg->pgrp))
		return;
	signal_pgrp_locked(tg->pgrp, SIGHUP);
	signal_pgrp_locked(tg->pgrp, SIGCONT);
}

static void fill_child_info(struct tgroup *tg, int sig, siginfo_t *info) REQUIRES(tasklist_lock)
{
	struct cpu_times ct;
	struct cred *c = task_cred_get(tg->leader);

	tgroup_times_locked(tg, &ct);
	*info = (siginfo_t){.si_signo = sig};
	info->si_pid = tg->pid->nr;
	info->si_uid = c->uid;
	info->si_utime = ns_to_clock_t(ct.utime);
	info->si_stime = ns_to_clock_t(ct.stime);
	cred_put(c);
}

/* Does the parent say it wants to hear of no child, or of no stop? */
static void parent_wish_locked(struct tgroup *parent, bool *ret_ignore, bool *ret_autoreap,
			       bool *ret_nostop) REQUIRES(tasklist_lock)
{
	struct sighand *sh = sighand_lock(parent);
	const struct linux_sigaction *sa = &sh->action[SIGCHLD - 1];

	*ret_ignore = sa->handler == SIG_HANDLER_IGN;
	*ret_autoreap = *ret_ignore || (sa->flags & SA_NOCLDWAIT);
	*ret_nostop = *ret_ignore || (sa->flags & SA_NOCLDSTOP);
	sighand_unlock(sh);
}

void wait_status_to_info(int status, int *ret_code, int *ret_status)
{
	if (WIFEXITED(status)) {
		*ret_code = CLD_EXITED;
		*ret_status = WEXITSTATUS(status);
	} else {
		*ret_code = WCOREDUMP(status) ? CLD_DUMPED : CLD_KILLED;
		*ret_status = WTERMSIG(status);
	}
}

/* Tell the parent of the zombie @tg; true: nobody will wait for it. */
static bool notify_parent_locked(struct tgroup *tg) REQUIRES(tasklist_lock)
{
	bool ignore, autoreap, nostop;
	struct tgroup *parent = tg->parent;
	int sig = tg->exit_signal, code, status;
	siginfo_t info;

	__atomic_store_n(&tg->pid->dead, true, __ATOMIC_RELEASE);
	waitq_wake(&tg->pid->wq, EPOLLIN | EPOLLRDNORM);
	if (parent->unkillable)
		return true;
	/* A signal of the child's own choice is not for a program that came by exec since. */
	if (sig != SIGCHLD && tg->parent_exec_id != parent->exec_id)
		sig = SIGCHLD;
	parent_wish_locked(parent, &ignore, &autoreap, &nostop);
	if (sig != SIGCHLD)
		ignore = autoreap = false;
	if (sig && sig <= NSIG_GUEST && !ignore) {
		fill_child_info(tg, sig, &info);
		wait_status_to_info(tgroup_wait_status_locked(tg), &code, &status);
		info.si_code = code;
		info.si_status = status;
		(void)signal_send_tgroup(parent, &info);
	}
	waitq_wake_all(&parent->wait_wq);
	return autoreap;
}

void tgroup_notify_stop(struct tgroup *tg, int code, int sig)
{
	bool ignore, autoreap, nostop;
	struct tgroup *parent;
	siginfo_t info;

	mutex_lock(&tasklist_lock);
	parent = tg->parent;
	if (parent && init_is_main(tg)) {
		sandbox_stopped(code == CLD_CONTINUED ? 0 : sig);
	} else if (parent && !parent->unkillable) {
		parent_wish_locked(parent, &ignore, &autoreap, &nostop);
		if (!nostop) {
			fill_child_info(tg, SIGCHLD, &info);
			info.si_code = code;
			info.si_status = sig;
			(void)signal_send_tgroup(parent, &info);
		}
		waitq_wake_all(&parent->wait_wq);
	}
	mutex_unlock(&tasklist_lock);
}

struct task *tgroup_reap_locked(struct tgroup *tg)
{
	struct task *leader = tg->leader;

	task_unpublish_locked(leader);
	waitq_wake(&tg->pid->wq, EPOLLHUP);
	return leader;
}

static void autoreap_locked(struct tgroup *tg, struct list_head *dead) REQUIRES(tasklist_lock)
{
	struct task *leader = tgroup_reap_locked(tg);

	list_add_tail(&leader->thread_node, dead);
}

/* All threads of @tg are gone. */
static void become_zombie_locked(struct tgroup *tg, struct list_head *dead) REQUIRES(tasklist_lock)
{
	tg->zombie = true;
	kill_orphaned_pgrp_locked(tg, tg->parent, tg);
	if (init_is_main(tg))
		sandbox_exit(tgroup_wait_status_locked(tg));
	if (notify_parent_locked(tg))
		autoreap_locked(tg, dead);
}

static struct task *living_thread_locked(struct tgroup *tg) REQUIRES(tasklist_lock)
{
	struct task *t;

	list_for_each_entry (t, &tg->threads, thread_node) {
		if (!__atomic_load_n(&t->exiting, __ATOMIC_ACQUIRE))
			return t;
	}
	return NULL;
}

/* Who takes in the children of @t: another thread, a subreaper above, or process 1. */
static struct task *find_reaper_locked(struct task *t) REQUIRES(tasklist_lock)
{
	struct task *r = living_thread_locked(t->tg);
	struct tgroup *tg;

	if (r)
		return r;
	for (tg = t->tg->parent; tg && t->tg->has_child_subreaper; tg = tg->parent) {
		if (!tg->is_subreaper)
			continue;
		r = living_thread_locked(tg);
		if (r)
			return r;
	}
	return init_tgroup()->leader;
}

static void send_pdeath_locked(struct tgroup *child) REQUIRES(tasklist_lock)
{
	struct task *t;
	siginfo_t info;

	list_for_each_entry (t, &child->threads, thread_node) {
		int sig = __atomic_load_n(&t->pdeath_signal, __ATOMIC_RELAXED);

		if (!sig)
			continue;
		signal_info_kernel(&info, sig);
		info.si_code = SI_USER;
		(void)signal_send_tgroup(child, &info);
	}
}

static void reparent_locked(struct tgroup *child, struct task *reaper, struct list_head *dead)
	REQUIRES(tasklist_lock)
{
	struct tgroup *old = child->parent;

	child->parent_thread = reaper;
	send_pdeath_locked(child);
	if (reaper->tg == old)
		return;
	child->parent = reaper->tg;
	__atomic_store_n(&child->ppid, reaper->tg->pid->nr, __ATOMIC_RELAXED);
	list_move_tail(&child->sibling, &reaper->tg->children);
	child->exit_signal = SIGCHLD;
	kill_orphaned_pgrp_locked(child, old, NULL);
	if (child->zombie && notify_parent_locked(child))
		autoreap_locked(child, dead);
}

static void forget_children_locked(struct task *t, struct list_head *dead) REQUIRES(tasklist_lock)
{
	struct tgroup *child, *n;
	struct task *reaper;

	if (list_empty(&t->tg->children))
		return;
	reaper = find_reaper_locked(t);
	list_for_each_entry_safe (child, n, &t->tg->children, sibling) {
		if (child->parent_thread == t)
			reparent_locked(child, reaper, dead);
	}
}

/* The thread leaves; the last one ends the process. */
static void leave_tree(struct task *t)
{
	struct tgroup *tg = t->tg;
	struct list_head dead = LIST_HEAD_INIT(dead);

	mutex_lock(&tasklist_lock);
	forget_children_locked(t, &dead);
	tg->nr_threads--;
	__atomic_store_n(&t->left, true, __ATOMIC_RELEASE);
	if (tg->leader != t)
		bury_locked(t, &dead);
	if (tg->nr_threads == 0)
		become_zombie_locked(tg, &dead);
	else
		waitq_wake_all(&tg->exec_wq);
	mutex_unlock(&tasklist_lock);
	put_dead(&dead);
}

static bool last_to_exit(struct task *t)
{
	struct sighand *sh = sighand_lock(t->tg);
	bool last = --t->tg->nr_live == 0;

	sighand_unlock(sh);
	return last;
}

/* What belongs to the process as a whole and stops before it is a zombie. */
static void end_process(struct task *t)
{
	struct rusage host = {0};

	itimers_clear(t->tg);
	posix_timers_clear(t->tg);
	rusage_host(t, &host);
	mutex_lock(&tasklist_lock);
	rusage_add_counts(&t->tg->dead_ru, &host);
	mutex_unlock(&tasklist_lock);
	session_leader_exit(t->tg);
}

void task_exit(struct task *t)
{
	trace_exit(t, t->exit_code);
	signal_thread_exit(t);
	if (last_to_exit(t))
		end_process(t);
	task_release_mm(t);
	release_files(t);
	task_replace_vcpu(t, NULL);
	leave_tree(t);
}
