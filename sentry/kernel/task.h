/*
 * A guest thread (struct task) and the process it belongs to (struct tgroup).
 *
 *	pid <---- task ----> tgroup <---- pid (tgid, pgrp, session)
 *	           |  |          +-- sighand (shared by CLONE_SIGHAND)
 *	           |  +-- mm, files, fs (shared as clone's flags say), cred
 *	           +-- vcpu (host thread), fiber (kernel stack)
 *
 * Life of a task: task_create() (clone.c, or boot), task_start() gives it a
 * fiber that runs task_main(): resume the vcpu, handle the event, deliver
 * signals, again; task_exit() (exit.c) at the end.  A thread that is not the
 * leader is gone then; a leader stays as a zombie until its parent waits.
 * References: the tree holds one from task_publish_locked() until the thread is
 * reaped (exit.c), the fiber one until its function returns.
 *
 * Process 1 is a part of the kernel (init.c): a tgroup with one task that has
 * neither fiber nor vcpu, mm, files, fs.  It takes in orphans and reaps them.
 *
 * Guards: "owner" fields are touched by the task's own fiber only.  "lock"
 * fields are written by the owner under task->lock; the owner reads them
 * freely, others under the lock.  "sighand" means tg->sighand->mu.  A thread
 * joins and leaves tg->threads under tasklist_lock and sighand->mu both, so
 * either is enough to walk it.
 */
#pragma once
#include <sched.h>
#include <signal.h>
#include <sys/resource.h>

#include "abi/regs.h"
#include "kernel/content.h"
#include "kernel/cred.h"
#include "kernel/pid.h"
#include "kernel/signal.h"
#include "lib/base.h"
#include "lib/list.h"
#include "lib/mutex.h"
#include "lib/ref.h"
#include "lib/waitq.h"
#include "mm/mempolicy.h"
#include "mm/uaccess.h"
#include "sched/sched.h"

struct fdtable;
struct file;
struct fs_struct;
struct itimers;
struct mm;
struct posix_timers;
struct tty;
struct vcpu;

#define TASK_COMM_LEN 16
#define NO_CALL       UINT64_MAX /* task.call_nr: not in a system call */

/* How restart_syscall(2) goes on; set by a handler that returns -ERESTART_RESTARTBLOCK. */
struct restart_block {
	long (*fn)(struct task *t, struct restart_block *rb); /* NULL: -EINTR */
	u64 args[6];
};

struct task {
	struct ref ref;
	struct pid *pid;   /* counted; changes only in exec of a non-leader (tasklist_lock) */
	struct tgroup *tg; /* counted; immutable */
	struct list_head thread_node; /* tg->threads; tasklist_lock and sighand */
	struct fiber *fiber;          /* immutable once started; valid until exiting is set */

	struct spinlock lock;
	struct cred *cred;        /* lock */
	struct mm *mm;            /* lock; NULL once exited */
	struct fdtable *files;    /* lock; NULL once exited */
	struct fs_struct *fs;     /* lock; NULL once exited */
	char comm[TASK_COMM_LEN]; /* lock */

	/* Owner; NULL once exited, and while lent (vfork.c).  Others kick it under sighand, so
	 * changed under that too. */
	struct vcpu *vcpu;
	u64 past_utime; /* with vcpu: ns its former vcpus took (exec, exit) */
	bool no_result; /* owner: the handler has set the registers itself */
	bool ending;    /* owner: exit(2) was called, exit_code is set; task_main() ends */
	bool settling;  /* atomic: others wait for what it has put off (mm/last.c) */
	struct writable_areas writable; /* owner */
	u32 chunks_gone;                /* owner: of mm, that it knows of; fastpath_return() */
	bool call_fast; /* owner: that call came with windows, which may have been closed */
	u64 call_nr;    /* atomic, owner writes (task_set_call): call being served, or NO_CALL */
	struct restart_block restart; /* owner */
	uaddr_t clear_child_tid;      /* owner: set_tid_address(2), CLONE_CHILD_CLEARTID */
	uaddr_t robust_list; /* atomic, owner writes: set_robust_list(2); both also begin.c */
	bool futex_dead;     /* atomic: no PI futex is handed to it or waits for it any more */
	u32 personality;     /* atomic, owner writes */
	bool no_new_privs;   /* owner writes; others read (atomic) */
	struct mempolicy mempolicy; /* owner: set_mempolicy(2) */
	u64 timer_slack;            /* atomic, ns */
	int pdeath_signal;          /* owner writes; read by the dying parent (atomic) */
	bool in_vfork;              /* atomic: parent sleeps until mm is released */
	struct waitq vfork_wq;      /* woken when in_vfork becomes false */
	struct task *lender;        /* lock: whose vcpu it runs on; it waits in vfork */

	struct sigpending pending; /* sighand: signals for this thread only */
	sigset64_t blocked;        /* sighand; the owner alone writes */
	sigset64_t real_blocked;   /* sighand: the mask outside sigtimedwait(2); 0 but there */
	sigset64_t saved_mask;     /* owner: mask to restore when no handler runs */
	bool has_saved_mask;       /* owner: sigsuspend, ppoll, pselect, epoll_pwait */
	stack_t altstack;          /* owner; ss_sp is a guest address */
	u64 settable;            /* owner: by the stub, and of which it has not said so (local.c) */
	uaddr_t restorer;        /* owner: what it would set */
	struct file *told;       /* atomic; set by the owner: facts.c, as the next four */
	bool may_shut;           /* atomic, owner writes: what was told the stub may have closed */
	u32 heard;               /* atomic, owner writes: how often it was asked whether it has */
	struct telling tells;    /* of told, and of those before it */
	u32 asked[8];            /* owner: hashes of names */
	u8 tell_first;           /* owner: so many places are told at once */
	int exit_code;           /* atomic, owner writes: wait status of this thread */
	bool exiting;            /* sighand: no more signals */
	bool left;               /* atomic: all it had is given back, the tree knows */
	bool stop_wanted;        /* sighand: has still to join the group stop */
	bool stopped;            /* sighand: waits in a group stop */
	bool stop_dequeued;      /* sighand: took a stop signal, no SIGCONT came since */
	u64 trap_no, trap_error; /* owner: of its last fault, for signal frames; */
	uaddr_t trap_addr;       /* as VCPU_FAULT told them */

	u64 start_time;     /* immutable, CLOCK_MONOTONIC ns */
	u64 start_boottime; /* immutable, CLOCK_BOOTTIME ns */
	u64 stime;          /* atomic, owner writes: cycles() its calls took in the sentry */
	u64 nvcsw, nivcsw;  /* owner */
	u64 minflt, majflt; /* atomic, owner writes */
	int nice;           /* lock */
	int sched_policy, sched_priority; /* lock */
	bool sched_reset_on_fork;         /* lock */
	u16 ioprio;                       /* lock */
	cpu_set_t *affinity;              /* lock; NULL: all */
};

struct tgroup {
	struct ref ref;
	struct pid *pid;          /* counted: the tgid */
	struct task *leader;      /* tasklist_lock */
	struct list_head threads; /* task.thread_node; tasklist_lock and sighand */
	unsigned nr_threads;      /* tasklist_lock: not yet exited */
	unsigned nr_live;         /* sighand: not yet begun to exit */
	struct tgroup *parent;    /* tasklist_lock; NULL for init */
	pid_t ppid;               /* its number, 0 for init; tasklist_lock; read atomically */
	/* tasklist_lock: a living thread of parent, for __WNOTHREAD and PR_SET_PDEATHSIG */
	struct task *parent_thread;
	u32 exec_id, parent_exec_id; /* tasklist_lock: execs, own and the parent's at birth */
	bool unkillable;             /* immutable: process 1, which signals never reach */
	struct list_head children;   /* sibling; tasklist_lock */
	struct list_head sibling;
	struct pid *pgrp, *session; /* counted; tasklist_lock */
	struct list_head pgrp_node, session_node;
	struct tty *tty; /* controlling terminal; tasklist_lock; weak: see session.h */
	bool did_exec;   /* tasklist_lock: setpgid(2) by the parent is over */
	bool is_subreaper, has_child_subreaper; /* tasklist_lock */
	int exit_signal;      /* tasklist_lock: to the parent; SIGCHLD or as clone said, 0 none */
	bool zombie;          /* tasklist_lock: all threads gone, not yet waited for */
	struct waitq wait_wq; /* woken when a child changes state */

	struct spinlock sighand_ptr_lock; /* guards the pointer; see sighand_lock() */
	struct sighand *sighand;          /* counted; changes only in exec (sighand_unshare) */

	struct sigpending pending;     /* sighand: for the whole process */
	bool group_exit;               /* sighand: all threads are to end with group_exit_code */
	int group_exit_code;           /* sighand; wait status */
	struct task *exec_task;        /* sighand: multi-threaded exec kills all but this one */
	struct waitq exec_wq;          /* exec_task sleeps here until it is alone */
	int stop_signal;               /* sighand: a group stop is going on or complete; 0: none */
	unsigned stop_pending;         /* sighand: threads that have still to stop */
	bool stop_complete;            /* sighand: all threads have stopped */
	bool stop_report, cont_report; /* sighand: wait(2) has not yet reported it */
	int notify_why;       /* sighand: CLD_* that a thread has still to tell the parent, or 0 */
	int notify_status;    /* sighand: its si_status */
	struct waitq stop_wq; /* stopped threads sleep here */

	struct mutex rlim_mu; /* LOCK_LEAF: guards rlim, whose soft limits are read atomically */
	struct rlimit64 rlim[RLIM_NLIMITS];

	struct itimers *itimers;           /* itimer.c, made at first use */
	struct posix_timers *posix_timers; /* posix_timer.c, made at first use */

	/* CPU time and counts of threads that are gone, and of children waited for: tasklist_lock
	 */
	u64 dead_utime, dead_stime;
	struct rusage dead_ru, children_ru;
	u64 children_utime, children_stime;
	int oom_score_adj; /* atomic */
};

static inline void task_set_call(struct task *t, u64 nr)
{
	__atomic_store_n(&t->call_nr, nr, __ATOMIC_RELAXED);
}

/* task_call - what any @t is in, or NO_CALL */
static inline u64 task_call(const struct task *t)
{
	return __atomic_load_n(&t->call_nr, __ATOMIC_RELAXED);
}

static inline void task_set_exit_code(struct task *t, int status)
{
	__atomic_store_n(&t->exit_code, status, __ATOMIC_RELAXED);
}

/* task_main - the fiber of a task: runs its vcpu until it exits (task_run.c) */
void task_main(void *task);

/*
 * task_memory_is_settled - is what @t's last call has put off in its memory done?
 * @tell: if not, have @t stop and say so (mm_settled())
 *
 * Locks: sighand.
 */
bool task_memory_is_settled(struct task *t, bool tell) must_check;

/* task_start - give @t its fiber; it runs from then on; consumes nothing, the fiber holds a
 * reference */
int task_start(struct task *t) must_check;

/*
 * task_exit - the end of @t, on its own fiber, called by task_main() only
 *
 * Gives back memory, files and vcpu, tells the parent, becomes a zombie or is
 * gone.  t->exit_code (wait status) is set.  The fiber drops its reference next.
 */
void task_exit(struct task *t);

/*
 * task_create - a new thread, of the process @tg or of one of its own
 * @parent: it is copied from; NULL for what init.c starts
 * @tg: NULL makes a new process
 * @pid: its number; the caller keeps his reference
 *
 * Has credentials, limits, name, signal mask and scheduling of @parent; mm,
 * files, fs, vcpu, and pgrp, session and sighand of a process, are for the
 * caller to set.  In no list yet: task_publish_locked() or task_put() is next.
 * Return: 0 or -ENOMEM.
 */
int task_create(struct task *parent, struct tgroup *tg, struct pid *pid, struct task **ret)
	must_check;

/*
 * task_publish_locked - put @t into the tree: it can be found, signalled, waited for
 *
 * For a new process tg->parent, parent_thread, pgrp and session are set.  Takes
 * the tree's reference.
 */
void task_publish_locked(struct task *t) REQUIRES(tasklist_lock);

/*
 * task_unpublish_locked - take @t out of the tree for good; its number is free again
 *
 * The tree's reference is the caller's to put after unlocking.
 */
void task_unpublish_locked(struct task *t) REQUIRES(tasklist_lock);

struct task *task_get(struct task *t);
void task_put(struct task *t);
struct tgroup *tgroup_get(struct tgroup *tg);
void tgroup_put(struct tgroup *tg);

/* task_tid, task_tgid - numbers as the guest sees them */
pid_t task_tid(const struct task *t);
pid_t task_tgid(const struct task *t);

/* Counted, for looking at another task; NULL once it has exited. */
struct cred *task_cred_get(struct task *t);
struct mm *task_mm_get(struct task *t);
struct fdtable *task_files_get(struct task *t);
struct fs_struct *task_fs_get(struct task *t);
void task_get_comm(struct task *t, char ret[TASK_COMM_LEN]);

/*
 * task_tell_stub - let the stub answer what it can (local.c)
 *
 * By the task's own fiber, whenever its credentials or its vcpu have changed.  Takes
 * tasklist_lock and LOCK_SIGHAND.
 */
void task_tell_stub(struct task *t);
/* task_tell_actions - likewise, after a change of an action of a signal, or of who shares them */
void task_tell_actions(struct task *t);
/* task_hear_stub - before its actions are read or copied: what the stub has set.  As above. */
void task_hear_stub(struct task *t);

/* task_replace_cred - publish new credentials; consumes @c */
void task_replace_cred_take(struct task *t, struct cred *c);

/* task_set_mm - for a task that has none; takes a reference and counts as a user of it */
void task_set_mm(struct task *t, struct mm *mm);

/* task_drop_mm - the task no longer has it.  Locks: none.  May sleep. */
void task_drop_mm(struct task *t);

/* task_set_comm - its name, cut at 15 bytes */
void task_set_comm(struct task *t, const char *name);

/*
 * task_replace_vcpu - another vcpu, or none, and the former is destroyed
 *
 * Its own fiber, which has it stopped.  Locks: takes LOCK_SIGHAND.  May sleep.
 */
void task_replace_vcpu(struct task *t, struct vcpu *v);

/* task_move_vcpu - the stopped vcpu of @from is @to's, which has none; by either's fiber */
void task_move_vcpu(struct task *from, struct task *to);

/* task_capable - is CAP_* effective; for the task's own fiber */
static inline bool task_capable(const struct task *t, int cap)
{
	return cred_capable(t->cred, cap);
}

/* task_rlimit - soft limit RLIMIT_*; RLIM64_INFINITY for none */
u64 task_rlimit(struct task *t, int resource);

/* task_interrupted - is a signal (or a kill) pending that ends interruptible sleeps */
static inline bool task_interrupted(void)
{
	return park_interrupted(park_self());
}

/* task_state_char - as /proc/PID/stat says: R S D T Z */
char task_state_char(struct task *t);

/* task_stime - ns its calls took in the sentry, their sleeps left out */
u64 task_stime(const struct task *t);

/* task_utime - ns its own instructions took, as the host counts them; takes LOCK_SIGHAND */
u64 task_utime(struct task *t);

static inline void task_put_cleanup(struct task **t)
{
	if (*t)
		task_put(*t);
}
static inline void tgroup_put_cleanup(struct tgroup **tg)
{
	if (*tg)
		tgroup_put(*tg);
}
static inline void pid_put_cleanup(struct pid **p)
{
	if (*p)
		pid_put(*p);
}

#define cleanup_task   __attribute__((cleanup(task_put_cleanup)))
#define cleanup_tgroup __attribute__((cleanup(tgroup_put_cleanup)))
#define cleanup_pid    __attribute__((cleanup(pid_put_cleanup)))
