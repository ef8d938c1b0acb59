/*
 * Group stop and continue: job control.
 *
 * The thread that takes a stop signal marks every thread of its process
 * (stop_wanted, counted in tg->stop_pending); each joins on its own fiber and
 * sleeps on tg->stop_wq.  The last one completes the stop, and the parent is
 * told: SIGCHLD, and a report for wait(2).  SIGCONT undoes all of it at once
 * when it is sent, whether or not anybody blocks it; that the process was
 * continued is then told by the first of its threads that runs
 * (tg->notify_why), since the sender may hold locks.
 *
 * Locks: sighand->mu guards the state; the parent is found under
 * tasklist_lock, so it is told after sighand->mu was dropped.
 */
#include <sys/wait.h>

#include "kernel/exit.h"
#include "kernel/signal_internal.h"

void signal_notify_parent(struct tgroup *tg)
{
	struct sighand *sh = sighand_lock(tg);
	int why = tg->notify_why, status = tg->notify_status;

	tg->notify_why = 0;
	sighand_unlock(sh);
	if (why)
		tgroup_notify_stop(tg, why, status);
}

void signal_continue_locked(struct tgroup *tg)
{
	bool woken = false;
	struct task *t;

	list_for_each_entry (t, &tg->threads, thread_node) {
		t->stop_dequeued = false;
		t->stop_wanted = false;
		woken |= t->stopped;
		t->stopped = false;
	}
	if (tg->stop_signal) {
		tg->notify_why = tg->stop_complete ? CLD_CONTINUED : CLD_STOPPED;
		tg->notify_status = tg->stop_complete ? SIGCONT : tg->stop_signal;
		tg->cont_report = true;
	}
	tg->stop_signal = 0;
	tg->stop_pending = 0;
	tg->stop_complete = false;
	tg->stop_report = false;
	if (woken)
		waitq_wake_all(&tg->stop_wq);
	/* Somebody has to tell the parent, also if nobody had come to a stop yet. */
	if (tg->notify_why) {
		list_for_each_entry (t, &tg->threads, thread_node) {
			signal_wake_locked(t);
		}
	}
}

void signal_stop_begin_locked(struct task *t, int sig)
{
	struct tgroup *tg = t->tg;
	struct task *other;

	/* A SIGCONT since it was dequeued, or the end of the process, undoes it. */
	if (!t->stop_dequeued || tg->group_exit || tg->exec_task)
		return;
	t->stop_dequeued = false;
	if (tg->stop_signal)
		return;
	tg->stop_signal = sig;
	tg->cont_report = false;
	tg->stop_pending = 0;
	list_for_each_entry (other, &tg->threads, thread_node) {
		if (other->exiting)
			continue;
		other->stop_wanted = true;
		tg->stop_pending++;
		if (other != t)
			signal_wake_locked(other);
	}
}

void signal_stop_joined_locked(struct tgroup *tg)
{
	if (tg->stop_pending == 0 || --tg->stop_pending > 0)
		return;
	tg->stop_complete = true;
	tg->stop_report = true;
	tg->notify_why = CLD_STOPPED;
	tg->notify_status = tg->stop_signal;
}

void signal_stop_wait_locked(struct task *t) NO_TSA
{
	struct tgroup *tg = t->tg;
	struct mutex *mu = &tg->sighand->mu;

	t->stop_wanted = false;
	t->stopped = true;
	signal_stop_joined_locked(tg);
	if (tg->notify_why) {
		mutex_unlock(mu);
		signal_notify_parent(tg);
		mutex_lock(mu);
	}
	while (t->stopped && !signal_fatal_pending(t))
		waitq_wait_uninterruptible_locked(&tg->stop_wq, 0, mu);
	t->stopped = false;
}

void signal_thread_join_locked(struct task *t)
{
	if (!t->tg->stop_signal)
		return;
	t->stop_wanted = true;
	t->tg->stop_pending++;
	t->tg->stop_complete = false;
}

bool tgroup_take_report(struct tgroup *tg, int options, int *ret_status)
{
	struct sighand *sh = sighand_lock(tg);
	bool found = false;

	if ((options & WUNTRACED) && tg->stop_complete && tg->stop_report) {
		*ret_status = tg->stop_signal << 8 | 0x7f;
		tg->stop_report = options & WNOWAIT;
		found = true;
	} else if ((options & WCONTINUED) && tg->cont_report) {
		*ret_status = 0xffff;
		tg->cont_report = options & WNOWAIT;
		found = true;
	}
	sighand_unlock(sh);
	return found;
}
