/*
 * Threads and processes as objects: made, counted, looked at (task.h).
 *
 * What a task is made of is put together by clone.c and init.c, and taken apart
 * by exit.c; this file knows the memory, the tree and the accessors.
 */
#include "kernel/task.h"

#include <string.h>
#include <time.h>

#include "fs/fdtable.h"
#include "fs/fs_struct.h"
#include "host/host.h"
#include "kernel/begin.h"
#include "kernel/facts.h"
#include "kernel/rusage.h"
#include "kernel/trace.h"
#include "lib/alloc.h"
#include "lib/cycles.h"
#include "mm/mm.h"
#include "platform/platform.h"

#define DEFAULT_TIMER_SLACK 50000 /* ns, as Linux gives its init */

static u64 boottime_ns(void)
{
	struct timespec ts = {0};

	if (host_clock_gettime(CLOCK_BOOTTIME, &ts))
		return now_ns();
	return (u64)ts.tv_sec * NSEC_PER_SEC + (u64)ts.tv_nsec;
}

/* SCHED_RESET_ON_FORK: what was granted once is not handed on. */
static void inherit_prio(struct task *t, struct task *parent)
{
	spin_lock(&parent->lock);
	t->ioprio = parent->ioprio;
	if (!parent->sched_reset_on_fork) {
		t->nice = parent->nice;
		t->sched_policy = parent->sched_policy;
		t->sched_priority = parent->sched_priority;
	} else {
		t->nice = max(parent->nice, 0);
	}
	spin_unlock(&parent->lock);
}

/* What a new thread takes over from the one that makes it. */
static int inherit(struct task *t, struct task *parent)
{
	if (!parent) {
		t->timer_slack = DEFAULT_TIMER_SLACK;
		return 0;
	}
	t->cred = cred_get(parent->cred);
	task_get_comm(parent, t->comm);
	t->personality = parent->personality;
	t->no_new_privs = parent->no_new_privs;
	t->mempolicy = parent->mempolicy;
	t->timer_slack = __atomic_load_n(&parent->timer_slack, __ATOMIC_RELAXED);
	t->blocked = parent->blocked;
	inherit_prio(t, parent);
	if (!parent->affinity)
		return 0;
	t->affinity = kmemdup(parent->affinity, sizeof(*parent->affinity));
	return t->affinity ? 0 : -ENOMEM;
}

static struct tgroup *tgroup_alloc(struct task *parent)
{
	struct tgroup *tg = kzalloc(sizeof(*tg));

	if (!tg)
		return NULL;
	ref_init(&tg->ref);
	list_init(&tg->threads);
	list_init(&tg->children);
	list_init(&tg->sibling);
	list_init(&tg->pgrp_node);
	list_init(&tg->session_node);
	waitq_init(&tg->wait_wq);
	waitq_init(&tg->exec_wq);
	waitq_init(&tg->stop_wq);
	spin_init(&tg->sighand_ptr_lock);
	sigpending_init(&tg->pending);
	mutex_init(&tg->rlim_mu, LOCK_LEAF);
	tg->exit_signal = SIGCHLD;
	if (parent) {
		mutex_lock(&parent->tg->rlim_mu);
		memcpy(tg->rlim, parent->tg->rlim, sizeof(tg->rlim));
		mutex_unlock(&parent->tg->rlim_mu);
		tg->oom_score_adj = __atomic_load_n(&parent->tg->oom_score_adj, __ATOMIC_RELAXED);
	}
	return tg;
}

int task_create(struct task *parent, struct tgroup *tg, struct pid *pid, struct task **ret)
{
	cleanup_task struct task *t = kzalloc(sizeof(*t));
	int err;

	if (!t)
		return -ENOMEM;
	ref_init(&t->ref);
	spin_init(&t->lock);
	list_init(&t->thread_node);
	waitq_init(&t->vfork_wq);
	sigpending_init(&t->pending);
	t->call_nr = NO_CALL;
	t->start_time = now_ns();
	t->start_boottime = boottime_ns();
	err = inherit(t, parent);
	if (err)
		return err;
	t->pid = pid_get(pid);
	t->tg = tg ? tgroup_get(tg) : tgroup_alloc(parent);
	if (!t->tg)
		return -ENOMEM;
	if (!tg) {
		t->tg->pid = pid_get(pid);
		t->tg->leader = t;
	}
	*ret = steal(&t);
	return 0;
}

static void publish_process(struct task *t)
{
	struct tgroup *tg = t->tg;

	t->pid->tg = tg;
	list_add_tail(&tg->pgrp_node, &tg->pgrp->pgrp);
	list_add_tail(&tg->session_node, &tg->session->session);
	if (!tg->parent)
		return;
	list_add_tail(&tg->sibling, &tg->parent->children);
	__atomic_store_n(&tg->ppid, tg->parent->pid->nr, __ATOMIC_RELAXED);
}

void task_publish_locked(struct task *t)
{
	struct tgroup *tg = t->tg;
	struct sighand *sh;

	t->pid->task = task_get(t);
	if (tg->leader == t)
		publish_process(t);
	sh = sighand_lock(tg);
	list_add_tail(&t->thread_node, &tg->threads);
	tg->nr_threads++;
	tg->nr_live++;
	signal_thread_join_locked(t);
	sighand_unlock(sh);
	nr_tasks_add(1);
}

void task_unpublish_locked(struct task *t)
{
	struct tgroup *tg = t->tg;
	struct sighand *sh;

	rusage_bury_locked(t);
	sh = sighand_lock(tg);
	list_del(&t->thread_node);
	sighand_unlock(sh);
	t->pid->task = NULL;
	nr_tasks_add(-1);
	if (tg->leader != t)
		return;
	t->pid->tg = NULL;
	list_del(&tg->sibling);
	list_del(&tg->pgrp_node);
	list_del(&tg->session_node);
}

struct task *task_get(struct task *t)
{
	ref_get(&t->ref);
	return t;
}

/* The last user of a task that never ran frees what clone had given it. */
void task_put(struct task *t)
{
	if (!ref_put(&t->ref))
		return;
	if (t->vcpu)
		vcpu_destroy(t->vcpu);
	if (t->mm)
		task_drop_mm(t);
	if (t->files)
		fdtable_put(t->files);
	if (t->fs)
		fs_struct_put(t->fs);
	if (t->cred)
		cred_put(t->cred);
	if (t->tg)
		tgroup_put(t->tg);
	if (t->pid)
		pid_put(t->pid);
	sigpending_flush(&t->pending);
	kfree(t->affinity);
	kfree(t);
}

struct tgroup *tgroup_get(struct tgroup *tg)
{
	ref_get(&tg->ref);
	return tg;
}

void tgroup_put(struct tgroup *tg)
{
	if (!ref_put(&tg->ref))
		return;
	if (tg->sighand)
		sighand_put(tg->sighand);
	if (tg->pgrp)
		pid_put(tg->pgrp);
	if (tg->session)
		pid_put(tg->session);
	pid_put(tg->pid);
	sigpending_flush(&tg->pending);
	kfree(tg);
}

pid_t task_tid(const struct task *t)
{
	return t->pid->nr;
}

pid_t task_tgid(const struct task *t)
{
	return t->tg->pid->nr;
}

void task_set_mm(struct task *t, struct mm *mm)
{
	mm_get(mm);
	__atomic_add_fetch(&mm->nr_users, 1, __ATOMIC_RELAXED);
	spin_lock(&t->lock);
	t->mm = mm;
	spin_unlock(&t->lock);
}

void task_drop_mm(struct task *t)
{
	struct mm *mm;

	spin_lock(&t->lock);
	mm = t->mm;
	t->mm = NULL;
	spin_unlock(&t->lock);
	if (!mm)
		return;
	__atomic_sub_fetch(&mm->nr_users, 1, __ATOMIC_RELAXED);
	mm_put(mm);
}

struct cred *task_cred_get(struct task *t)
{
	struct cred *c;

	spin_lock(&t->lock);
	c = cred_get(t->cred);
	spin_unlock(&t->lock);
	return c;
}

struct mm *task_mm_get(struct task *t)
{
	struct mm *mm;

	spin_lock(&t->lock);
	mm = t->mm ? mm_get(t->mm) : NULL;
	spin_unlock(&t->lock);
	return mm;
}

struct fdtable *task_files_get(struct task *t)
{
	struct fdtable *ft;

	task_await_shut(t);
	spin_lock(&t->lock);
	ft = t->files ? fdtable_get(t->files) : NULL;
	spin_unlock(&t->lock);
	return ft;
}

struct fs_struct *task_fs_get(struct task *t)
{
	struct fs_struct *fs;

	spin_lock(&t->lock);
	fs = t->fs ? fs_struct_get(t->fs) : NULL;
	spin_unlock(&t->lock);
	return fs;
}

void task_get_comm(struct task *t, char ret[TASK_COMM_LEN])
{
	spin_lock(&t->lock);
	memcpy(ret, t->comm, TASK_COMM_LEN);
	spin_unlock(&t->lock);
}

void task_set_comm(struct task *t, const char *name)
{
	size_t len = strnlen(name, TASK_COMM_LEN - 1);

	spin_lock(&t->lock);
	memset(t->comm, 0, TASK_COMM_LEN);
	memcpy(t->comm, name, len);
	spin_unlock(&t->lock);
}

void task_replace_cred_take(struct task *t, struct cred *c)
{
	struct cred *old;

	spin_lock(&t->lock);
	old = t->cred;
	t->cred = c;
	spin_unlock(&t->lock);
	cred_put(old);
	task_tell_stub(t);
}

void task_replace_vcpu(struct task *t, struct vcpu *v)
{
	struct vcpu *old = t->vcpu;
	struct sighand *sh;

	task_untell(t);
	sh = sighand_lock(t->tg);
	if (old)
		t->past_utime += vcpu_cputime(old);
	t->vcpu = v;
	sighand_unlock(sh);
	if (old)
		vcpu_destroy(old);
	task_tell_stub(t);
}

/* @t gets or loses @v; what @v has used counts for @t only while it is @t's. */
static void set_vcpu(struct task *t, struct vcpu *v, u64 past)
{
	struct sighand *sh = sighand_lock(t->tg);

	t->past_utime += past;
	t->vcpu = v;
	sighand_unlock(sh);
}

void task_move_vcpu(struct task *from, struct task *to)
{
	struct vcpu *v = from->vcpu;
	u64 used = vcpu_cputime(v);

	task_hear_stub(from);
	task_hear_begin(from);
	from->settable = 0;
	task_untell(from);
	/* From now on another fiber drives it. */
	park_settle(park_self());
	set_vcpu(from, NULL, used);
	set_vcpu(to, v, -used);
	task_tell_stub(to);
}

u64 task_rlimit(struct task *t, int resource)
{
	return __atomic_load_n(&t->tg->rlim[resource].rlim_cur, __ATOMIC_RELAXED);
}

static bool is_interruptible(const struct parker *p)
{
	return __atomic_load_n(&p->interruptible, __ATOMIC_RELAXED);
}

char task_state_char(struct task *t)
{
	struct sighand *sh = sighand_lock(t->tg);
	char c = 'R';

	if (t->exiting)
		c = __atomic_load_n(&t->left, __ATOMIC_ACQUIRE) ? 'Z' : 'R';
	else if (t->stopped)
		c = 'T';
	else if (!t->fiber)
		c = 'S';
	else if (task_call(t) != NO_CALL && fiber_is_parked(t->fiber))
		c = is_interruptible(fiber_parker(t->fiber)) ? 'S' : 'D';
	sighand_unlock(sh);
	return c;
}

u64 task_stime(const struct task *t)
{
	return cycles_to_ns(__atomic_load_n(&t->stime, __ATOMIC_RELAXED));
}

u64 task_utime(struct task *t)
{
	struct sighand *sh = sighand_lock(t->tg);
	u64 ns = t->past_utime + (t->vcpu ? vcpu_cputime(t->vcpu) : 0);

	sighand_unlock(sh);
	return ns;
}
