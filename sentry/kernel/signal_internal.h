/*
 * What the signal files share: signal_queue.c (pending sets), signal_send.c,
 * signal_stop.c, signal_deliver.c, signal_mask.c.
 *
 * _locked means the sighand->mu of the task or process named.
 */
#pragma once
#include "kernel/signal.h"
#include "kernel/task.h"

#define SIG_HANDLER_DFL 0ull
#define SIG_HANDLER_IGN 1ull

/* What glibc does not name. */
#define SA_RESTORER_FLAG    0x04000000u
#define ALTSTACK_AUTODISARM (1u << 31)

#define SIG_STOP_SET        (sig_bit(SIGSTOP) | sig_bit(SIGTSTP) | sig_bit(SIGTTIN) | sig_bit(SIGTTOU))
#define SIG_QUIET_SET       (sig_bit(SIGCONT) | sig_bit(SIGCHLD) | sig_bit(SIGWINCH) | sig_bit(SIGURG))
#define SIG_CORE_SET                                                                \
	(sig_bit(SIGQUIT) | sig_bit(SIGILL) | sig_bit(SIGTRAP) | sig_bit(SIGABRT) | \
	 sig_bit(SIGFPE) | sig_bit(SIGSEGV) | sig_bit(SIGBUS) | sig_bit(SIGSYS) |   \
	 sig_bit(SIGXCPU) | sig_bit(SIGXFSZ))
/* Faults of the thread itself: delivered before anything else. */
#define SIG_SYNC_SET                                                               \
	(sig_bit(SIGSEGV) | sig_bit(SIGBUS) | sig_bit(SIGILL) | sig_bit(SIGTRAP) | \
	 sig_bit(SIGFPE) | sig_bit(SIGSYS))

static inline bool sig_is_realtime(int sig)
{
	return sig >= 32;
}

/* signal_queue.c */

/*
 * sigpending_add - put a signal on a pending set
 * @override: RLIMIT_SIGPENDING does not apply
 *
 * Return: false when there was no room for its siginfo; nothing was changed.
 */
bool sigpending_add(struct sigpending *p, struct task *target, const siginfo_t *info, bool override)
	must_check;

/* sigqueue_create - an empty entry charged to @uid; NULL: over @limit, or no memory */
struct sigqueue *sigqueue_create(u32 uid, u64 limit);
void sigqueue_free(struct sigqueue *q);

/* sigpending_remove - drop every queued signal of @mask */
void sigpending_remove(struct sigpending *p, sigset64_t mask);

/* signal_dequeue_sync_locked - a fault of @t itself, before other signals; or 0 */
int signal_dequeue_sync_locked(struct task *t, siginfo_t *ret);

/* signal_send.c */

/* signal_wake_locked - end @t's sleep and its run in the guest, so that it looks at its signals */
void signal_wake_locked(struct task *t);

/* signal_send_locked - as signal_send_task (@t set) or signal_send_tgroup (@t NULL), lock held */
int signal_send_locked(struct tgroup *tg, struct task *t, const siginfo_t *info);

/*
 * signal_send_timer_locked - queue a timer's own entry
 *
 * Return: true when the signal is pending; false: ignored, or nobody is there.
 */
bool signal_send_timer_locked(struct tgroup *tg, struct task *t, struct sigqueue *q) must_check;

/* signal_unqueue_timer_locked - take the entry back if it is pending */
void signal_unqueue_timer_locked(struct tgroup *tg, struct task *t, struct sigqueue *q);

/* tgroup_exit_locked - as tgroup_exit() */
void tgroup_exit_locked(struct tgroup *tg, int status);

/* signal_retarget_locked - @t no longer takes @which: let others look at the process's queue */
void signal_retarget_locked(struct task *t, sigset64_t which);

/* signal_stop.c */

/* signal_continue_locked - SIGCONT was sent: undo stops, pending and in force */
void signal_continue_locked(struct tgroup *tg);

/* signal_stop_begin_locked - @t took stop signal @sig: every thread is to stop */
void signal_stop_begin_locked(struct task *t, int sig);

/* signal_stop_wait_locked - @t joins the group stop and sleeps until it is continued or killed */
void signal_stop_wait_locked(struct task *t);

/* signal_stop_joined_locked - one thread less to wait for; the last completes the stop */
void signal_stop_joined_locked(struct tgroup *tg);

/* signal_notify_parent - tell the parent what tg->notify_why says, if anything.  No locks held. */
void signal_notify_parent(struct tgroup *tg);
