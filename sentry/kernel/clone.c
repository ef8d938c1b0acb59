/*
 * New threads and processes (clone.h): fork, vfork, clone, clone3
 *
 * The parent's vcpu is stopped in its call.  A thread, or a process that shares
 * memory, is a vcpu more in the parent's address space, unless the parent waits
 * anyway (vfork.c); any other process is a copy of it.  Everything that can fail is done on a task
 * nobody knows; then it is put into the tree and started in one step under
 * tasklist_lock, so whoever finds it can wake it.
 *
 * Not done: namespaces, CLONE_INTO_CGROUP.
 */
#include "kernel/clone.h"

#include <sched.h>

#include "abi/arch.h"
#include "fs/fdtable.h"
#include "fs/fs_struct.h"
#include "fs/pidfd.h"
#include "kernel/begin.h"
#include "kernel/facts.h"
#include "kernel/signal_internal.h"
#include "kernel/task.h"
#include "kernel/vfork.h"
#include "mm/fastpath.h"
#include "mm/mm.h"
#include "mm/uaccess.h"
#include "platform/platform.h"

#ifndef CLONE_CLEAR_SIGHAND
#define CLONE_CLEAR_SIGHAND 0x100000000ull
#endif
#ifndef CLONE_INTO_CGROUP
#define CLONE_INTO_CGROUP 0x200000000ull
#endif
#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x00000080
#endif

#define CLONE_NAMESPACES                                                                           \
	(CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET | \
	 CLONE_NEWCGROUP | CLONE_NEWTIME)

/* A sandbox does not fill the host's process table, whatever its limits say. */
#define MAX_TASKS 32768

static int check_flags(struct task *t, const struct clone_req *rq)
{
	u64 f = rq->flags;

	if ((f & (CLONE_NEWNS | CLONE_FS)) == (CLONE_NEWNS | CLONE_FS) ||
	    (f & (CLONE_NEWUSER | CLONE_FS)) == (CLONE_NEWUSER | CLONE_FS))
		return -EINVAL;
	if ((f & CLONE_THREAD) && !(f & CLONE_SIGHAND))
		return -EINVAL;
	if ((f & CLONE_SIGHAND) && !(f & CLONE_VM))
		return -EINVAL;
	if ((f & CLONE_SIGHAND) && (f & CLONE_CLEAR_SIGHAND))
		return -EINVAL;
	if ((f & CLONE_THREAD) && (f & (CLONE_NEWUSER | CLONE_NEWPID | CLONE_PIDFD)))
		return -EINVAL;
	if ((f & CLONE_PIDFD) && (f & CLONE_DETACHED))
		return -EINVAL;
	/* As a kernel without namespaces answers. */
	if (f & CLONE_NAMESPACES)
		return task_capable(t, CAP_SYS_ADMIN) ? -EINVAL : -EPERM;
	if ((f & CLONE_SETTLS) && rq->tls >= ARCH_TLS_END)
		return -EPERM;
	if (rq->set_tid && !task_capable(t, CAP_CHECKPOINT_RESTORE) &&
	    !task_capable(t, CAP_SYS_ADMIN))
		return -EPERM;
	return 0;
}

/* Threads whose real user is @uid. */
static u64 count_user_tasks(u32 uid)
{
	pid_t after = 0;
	u64 n = 0;

	for (;;) {
		cleanup_tgroup struct tgroup *tg = tgroup_next_get(after);
		struct task *t;

		if (!tg)
			return n;
		after = tg->pid->nr;
		mutex_lock(&tasklist_lock);
		list_for_each_entry (t, &tg->threads, thread_node) {
			n += t->cred->uid == uid;
		}
		mutex_unlock(&tasklist_lock);
	}
}

static int check_limits(struct task *t)
{
	u64 limit = task_rlimit(t, RLIMIT_NPROC);

	if (nr_tasks() >= MAX_TASKS)
		return -EAGAIN;
	/* Counting by user is for those who can have reached their limit at all. */
	if (nr_tasks() < limit || t->cred->uid == 0 || task_capable(t, CAP_SYS_RESOURCE) ||
	    task_capable(t, CAP_SYS_ADMIN))
		return 0;
	return count_user_tasks(t->cred->uid) >= limit ? -EAGAIN : 0;
}

static int copy_files(struct task *t, struct task *c, u64 flags)
{
	int err = 0;

	if (flags & CLONE_FILES) {
		task_untell(t);
		c->files = fdtable_get(t->files);
	} else {
		err = fdtable_copy(t->files, FDTABLE_MAX, &c->files);
	}
	if (err)
		return err;
	if (flags & CLONE_FS)
		c->fs = fs_struct_get(t->fs);
	else
		err = fs_struct_copy(t->fs, &c->fs);
	return err;
}

static int copy_sighand(struct task *t, struct task *c, u64 flags)
{
	/* A stack of its own has no alternate one yet; a vfork child runs on the parent's. */
	if (!(flags & CLONE_VM) || (flags & CLONE_VFORK))
		c->altstack = t->altstack;
	else
		c->altstack = (stack_t){.ss_flags = SS_DISABLE};
	/* Before somebody else can see or change them. */
	task_hear_stub(t);
	if (flags & CLONE_THREAD)
		return 0;
	if (flags & CLONE_SIGHAND) {
		c->tg->sighand = sighand_get(t->tg->sighand);
		return 0;
	}
	return sighand_copy(t->tg->sighand, flags & CLONE_CLEAR_SIGHAND, &c->tg->sighand);
}

static int copy_memory(struct task *t, struct task *c, u64 flags)
{
	struct mm *mm;
	int err;

	if (flags & CLONE_VM) {
		err = vfork_lends(flags) ? 0 : vcpu_create(t->vcpu, &c->vcpu);
		if (!err)
			task_set_mm(c, t->mm);
		return err;
	}
	err = mm_fork(t->mm, t->vcpu, &mm, &c->vcpu);
	if (err)
		return err;
	task_set_mm(c, mm);
	mm_put(mm);
	return 0;
}

static int set_child_regs(struct task *c, const struct clone_req *rq)
{
	struct regs regs;
	int err;

	err = fastpath_get_regs(c->mm, c->vcpu, &regs);
	if (err)
		return err == -ESRCH ? -EAGAIN : err;
	arch_child_regs(&regs, rq->sp);
	if (rq->flags & CLONE_SETTLS)
		arch_set_tls(&regs, rq->tls);
	return fastpath_set_regs(c->mm, c->vcpu, &regs);
}

/* Tell both sides the number where they asked; as on Linux nobody checks whether they can hear. */
static void write_tids(struct task *t, struct task *c, const struct clone_req *rq)
{
	u32 tid = (u32)task_tid(c);

	if (rq->flags & CLONE_PARENT_SETTID)
		(void)!put_user(t, tid, rq->parent_tid);
	if (rq->flags & CLONE_CHILD_SETTID)
		(void)!mm_write(c->mm, rq->child_tid, &tid, sizeof(tid));
	if (rq->flags & CLONE_CHILD_CLEARTID)
		c->clear_child_tid = rq->child_tid;
}

/* The file and a number for it; both are the caller's. */
static int make_pidfd(struct task *t, struct task *c, uaddr_t uaddr, int *ret_fd, struct file **ret)
{
	int err, fd;

	err = pidfd_create(c->pid, 0, ret);
	if (err)
		return err;
	fd = fd_reserve(t, true);
	if (fd < 0)
		return fd;
	err = put_user(t, fd, uaddr);
	if (err)
		fd_cancel(t, fd);
	else
		*ret_fd = fd;
	return err;
}

static void set_relations_locked(struct task *t, struct task *c, u64 flags) REQUIRES(tasklist_lock)
{
	struct tgroup *tg = c->tg, *from = t->tg;

	if (flags & CLONE_THREAD)
		return;
	if (flags & CLONE_PARENT) {
		tg->parent = from->parent;
		tg->parent_thread = from->parent_thread;
		tg->parent_exec_id = from->parent_exec_id;
		tg->exit_signal = from->exit_signal;
	} else {
		tg->parent = from;
		tg->parent_thread = t;
		tg->parent_exec_id = from->exec_id;
	}
	tg->pgrp = pid_get(from->pgrp);
	tg->session = pid_get(from->session);
	tg->tty = from->tty;
	tg->has_child_subreaper = from->has_child_subreaper || from->is_subreaper;
}

/* Into the tree and off it goes. */
static int start(struct task *t, struct task *c, u64 flags)
{
	int err;

	mutex_lock(&tasklist_lock);
	/* A process that is being killed, or executes, gets no new threads. */
	if (signal_fatal_pending(t)) {
		mutex_unlock(&tasklist_lock);
		return -EINTR;
	}
	set_relations_locked(t, c, flags);
	task_publish_locked(c);
	err = task_start(c);
	if (err) {
		c->tg->nr_threads--;
		c->tg->nr_live--;
		task_unpublish_locked(c);
	}
	mutex_unlock(&tasklist_lock);
	if (err)
		task_put(c); /* the tree's */
	return err;
}

static int build(struct task *t, const struct clone_req *rq, struct task **ret)
{
	cleanup_pid struct pid *pid = NULL;
	cleanup_task struct task *c = NULL;
	u64 f = rq->flags;
	int err;

	err = rq->set_tid ? pid_create_nr(rq->set_tid, &pid) : pid_create(&pid);
	if (!err)
		err = task_create(t, f & CLONE_THREAD ? t->tg : NULL, pid, &c);
	if (!err)
		err = copy_files(t, c, f);
	if (!err)
		err = copy_sighand(t, c, f);
	if (!err)
		err = copy_memory(t, c, f);
	if (!err && c->vcpu)
		err = set_child_regs(c, rq);
	if (err)
		return err;
	if (!(f & CLONE_THREAD))
		c->tg->exit_signal = rq->exit_signal;
	c->in_vfork = f & CLONE_VFORK;
	*ret = steal(&c);
	return 0;
}

/* The child exists whole and is let run, on the parent's vcpu if that is lent: *@ret_loan. */
static int launch(struct task *t, struct task *c, const struct clone_req *rq,
		  struct vfork_loan **ret_loan)
{
	int err = 0;

	if (vfork_lends(rq->flags))
		err = vfork_lend(t, c, rq, ret_loan);
	if (err)
		return err;
	err = start(t, c, rq->flags);
	if (err && *ret_loan)
		vfork_undo(t, c, *ret_loan);
	return err;
}

long do_clone(struct task *t, const struct clone_req *rq)
{
	cleanup_task struct task *c = NULL;
	cleanup_file struct file *pidfile = NULL;
	struct vfork_loan *loan = NULL;
	int err, pidfd = -1;

	err = check_flags(t, rq);
	if (!err)
		err = check_limits(t);
	/* A signal to the group of a fork is for parent and child, so it goes first. */
	if (!err && task_interrupted())
		err = -ERESTARTNOINTR;
	if (!err)
		err = build(t, rq, &c);
	if (!err && (rq->flags & CLONE_PIDFD))
		err = make_pidfd(t, c, rq->pidfd, &pidfd, &pidfile);
	if (err)
		return err;
	write_tids(t, c, rq);
	if (rq->flags & CLONE_VM)
		task_tell_brk(t);
	err = launch(t, c, rq, &loan);
	if (pidfd >= 0 && err)
		fd_cancel(t, pidfd);
	else if (pidfd >= 0)
		fd_commit(t, pidfd, pidfile);
	if (err)
		return err;
	if (rq->flags & CLONE_SIGHAND)
		task_tell_actions(t);
	if (rq->flags & CLONE_VFORK)
		vfork_wait(t, c, loan);
	return task_tid(c);
}
