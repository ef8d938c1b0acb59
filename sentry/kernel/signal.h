/*
 * Signals: handlers, pending sets, sending and delivery.
 *
 * A signal is queued under sighand->mu (LOCK_SIGHAND), for one thread
 * (task->pending) or for the process (tgroup->pending).  Whoever makes one
 * pending that a thread does not block interrupts that thread's sleep
 * (park_interrupt) and kicks its vcpu.  Delivery happens on the task's own
 * fiber, in signal_deliver(), before each return to the guest.
 */
#pragma once
#include <signal.h>

#include "lib/base.h"
#include "lib/list.h"
#include "lib/mutex.h"
#include "lib/ref.h"
#include "lib/waitq.h"

struct cred;
struct pid;
struct regs;
struct task;
struct tgroup;

#define NSIG_GUEST 64

/* The kernel's sigset_t: bit n-1 is signal n. */
typedef u64 sigset64_t;

static inline sigset64_t sig_bit(int sig)
{
	return 1ull << (sig - 1);
}

#define SIG_UNBLOCKABLE (sig_bit(SIGKILL) | sig_bit(SIGSTOP))

/* As the guest passes it to rt_sigaction(2). */
struct linux_sigaction {
	uaddr_t handler; /* 0 SIG_DFL, 1 SIG_IGN */
	u64 flags;
	uaddr_t restorer;
	sigset64_t mask;
};

/* The kernel's siginfo_t is glibc's: 128 bytes. */
struct sigqueue {
	struct list_head node;
	siginfo_t info;
	struct sigcount *count;    /* whose RLIMIT_SIGPENDING it counts against; NULL: none */
	struct posix_timer *timer; /* SI_TIMER: one preallocated entry a timer; else NULL */
};

struct sigpending {
	struct list_head queue; /* sigqueue.node */
	sigset64_t set;
};

struct sighand {
	struct ref ref;
	struct mutex mu;                           /* LOCK_SIGHAND */
	struct linux_sigaction action[NSIG_GUEST]; /* mu; [sig - 1] */
};

/*
 * Woken when a signal is queued anywhere: signalfds look again.  One queue for
 * all, since a signalfd shows the signals of whoever reads it.
 */
extern struct waitq signalfd_wq;

int sighand_create(struct sighand **ret) must_check;
/* sighand_copy - a copy of the handlers, for fork; @clear: handled ones become default
 * (CLONE_CLEAR_SIGHAND) */
int sighand_copy(struct sighand *old, bool clear, struct sighand **ret) must_check;
struct sighand *sighand_get(struct sighand *sh);
void sighand_put(struct sighand *sh);
/* sighand_flush_handlers - as execve does: handled becomes default, ignored stays */
void sighand_flush_handlers(struct sighand *sh);

/*
 * sighand_unshare - give @t's process handlers of its own, as execve does
 *
 * Called by the only thread that is left.  Return: 0, -ENOMEM.
 */
int sighand_unshare(struct task *t) must_check;

/*
 * sighand_lock - lock the handlers of @tg, whoever's process it is
 *
 * A task may simply lock its own t->tg->sighand->mu: only its own exec changes
 * the pointer.
 * Return: what to give to sighand_unlock().
 */
struct sighand *sighand_lock(struct tgroup *tg) NO_TSA;
void sighand_unlock(struct sighand *sh) NO_TSA;

void sigpending_init(struct sigpending *p);
/* sigpending_flush - drop everything that is queued */
void sigpending_flush(struct sigpending *p);

/* signal_nr_queued - siginfos that wait for processes of @uid */
u64 signal_nr_queued(u32 uid);

/*
 * signal_info_user, signal_info_kernel - fill a siginfo
 *
 * user: SI_USER or @code with @from's pid and uid.  kernel: SI_KERNEL, no sender.
 */
void signal_info_user(siginfo_t *info, int sig, int code, struct task *from);
void signal_info_kernel(siginfo_t *info, int sig);

/*
 * signal_send_task, signal_send_tgroup - queue a signal, without permission checks
 *
 * Ignored signals are dropped, standard ones coalesce, SIGCONT and stop signals
 * act at once, SIGKILL wins over everything, as on Linux.
 *
 * Locks: takes LOCK_SIGHAND.  May be called under tasklist_lock.  Never sleeps long.
 * Return: 0; -EAGAIN when RLIMIT_SIGPENDING forbids a queued real-time signal;
 * -ESRCH when the target has exited.
 */
int signal_send_task(struct task *t, const siginfo_t *info);
int signal_send_tgroup(struct tgroup *tg, const siginfo_t *info);

/* signal_send_pgrp - to every process of a group; tasklist_lock not held.  -ESRCH: nobody */
int signal_send_pgrp(struct pid *pgrp, const siginfo_t *info);

/* signal_sigpipe - SIGPIPE for the task whose fiber this is, if it is one's: a write to nobody */
void signal_sigpipe(void);

/* signal_may_send - kill(2)'s permission rule; 0, -EPERM.  Takes no lock but task->lock. */
int signal_may_send(struct task *from, struct task *to, int sig) must_check;

/*
 * signal_kill - kill(2): permission checks, and @nr as kill(2) reads it
 *
 * @info may be NULL when its si_signo would be 0: then only the checks are made.
 */
int signal_kill(struct task *from, pid_t nr, int sig, const siginfo_t *info) must_check;

/* signal_force - a fault of @t itself: unblocks, and kills if blocked or ignored */
void signal_force(struct task *t, const siginfo_t *info);

/*
 * tgroup_exit - exit_group(2), or a fatal signal: end all threads of @tg
 * @status: wait status
 *
 * Marks and interrupts; each thread ends on its own fiber.  The first call wins.
 */
void tgroup_exit(struct tgroup *tg, int status);

/* signal_fatal_pending - is @t (its own fiber) about to be killed: ends killable sleeps */
bool signal_fatal_pending(struct task *t);

/*
 * tgroup_take_report - what wait(2) has to say of a living child, if anything
 * @options: WUNTRACED/WSTOPPED, WCONTINUED; with WNOWAIT the report stays
 *
 * Locks: takes LOCK_SIGHAND; called under tasklist_lock.
 * Return: true with the wait status (stop: sig << 8 | 0x7f, continue: 0xffff) in *@ret_status.
 */
bool tgroup_take_report(struct tgroup *tg, int options, int *ret_status) must_check;

/*
 * signal_thread_exit - @t takes no more signals; the first thing task_exit() does
 *
 * Sets t->exiting.  A group stop no longer waits for it, and signals of the
 * process that it would have taken go to another thread.
 */
void signal_thread_exit(struct task *t);

/*
 * signal_thread_join_locked - @t is a new thread on tg->threads: it joins a group stop
 *
 * clone(2) first makes sure that no signal is pending (-ERESTARTNOINTR if so).
 */
void signal_thread_join_locked(struct task *t);

/*
 * signal_deliver - before a return to the guest: stop, die, or set up handlers
 * @call_ret: in and out: the result of the call just served, restart codes
 *            included; ignored unless t->call_nr is a call
 *
 * Runs on @t's fiber, no locks held.  May sleep in a group stop.
 * Return: true: go on and run the vcpu; false: the task is to exit, with
 * t->exit_code set.
 */
bool signal_deliver(struct task *t, long *call_ret) must_check;

/*
 * signal_recalc_locked - set or clear the interrupt of @t's parker
 *
 * By @t's own fiber: after a change of mask or pending sets, and first thing of all.
 */
void signal_recalc_locked(struct task *t);
void signal_recalc(struct task *t);

/*
 * signal_set_blocked - replace @t's mask (its own fiber); SIGKILL and SIGSTOP stay out
 *
 * Signals that become unblocked interrupt; those that another thread should now
 * take are handed over.
 */
void signal_set_blocked(struct task *t, sigset64_t mask);

/*
 * signal_dequeue_locked - take the next signal of @mask for @t, its own first
 *
 * Return: its number with *@ret filled, or 0.  For delivery, signalfd and
 * sigtimedwait.
 */
int signal_dequeue_locked(struct task *t, sigset64_t mask, siginfo_t *ret);

/*
 * signal_use_mask - ppoll, pselect, epoll_pwait, sigsuspend: a mask for the time of a call
 *
 * The old mask comes back when the call returns without a handler having run.
 * @uset 0: no change.  @size must be 8.  Return: 0, -EINVAL, -EFAULT.
 */
int signal_use_mask(struct task *t, uaddr_t uset, size_t size) must_check;

/*
 * signal_end_mask - the call of signal_use_mask() is over
 * @interrupted: it returns a restart code or -EINTR: then delivery decides
 */
void signal_end_mask(struct task *t, bool interrupted);

/*
 * sigframe_setup - put the frame of a handler on the guest's stack
 * @regs: the registers to come back to; the vcpu gets those of the handler
 * @old_mask: what the frame remembers
 *
 * Return: 0; -EFAULT when the frame cannot be written or the handler has no
 * restorer: then nothing was changed and a SIGSEGV is due; -ESRCH.
 */
int sigframe_setup(struct task *t, const struct regs *regs, const struct linux_sigaction *sa,
		   const siginfo_t *info, sigset64_t old_mask) must_check;

/*
 * sigframe_restore - rt_sigreturn(2): take mask, stack and registers from the frame
 *
 * Everything in it is the guest's: what could reach further than its own
 * registers is refused.  Return: 0, -EFAULT (a SIGSEGV is due), -ESRCH.
 */
int sigframe_restore(struct task *t) must_check;

/* signal_force_segv - @t has no place to run the handler of @sig: SIGSEGV; fatal if that was it */
void signal_force_segv(struct task *t, int sig);

/*
 * sigaltstack_set, sigaltstack_get - sigaltstack(2) for @t's own fiber
 * @sp: the guest's stack pointer: the stack in use cannot be changed (-EPERM)
 *
 * Return: 0, -EPERM, -EINVAL (flags), -ENOMEM (under MINSIGSTKSZ).
 */
int sigaltstack_set(struct task *t, const stack_t *ss, uaddr_t sp) must_check;
void sigaltstack_get(const struct task *t, uaddr_t sp, stack_t *ret);
bool sigaltstack_is_on(const struct task *t, uaddr_t sp);
