/* fork(2), vfork(2), clone(2), clone3(2), set_tid_address(2) */
#include <linux/sched.h>
#include <signal.h>

#include "gen/sys_proto.h"
#include "kernel/begin.h"
#include "kernel/clone.h"
#include "kernel/task.h"
#include "mm/uaccess.h"
#include "platform/platform.h"

#define CLONE_ARGS_MIN 64 /* CLONE_ARGS_SIZE_VER0 */
#define CLONE3_FLAGS   (~(u64)(CSIGNAL & ~CLONE_NEWTIME) & 0x3ffffffffull)
#define CLONE_LEGACY   0xffffffffull

long sys_clone(struct task *t, unsigned long flags, uaddr_t newsp, uaddr_t parent_tid,
	       uaddr_t child_tid, unsigned long tls)
{
	struct clone_req rq = {
		/* Linux has ignored CLONE_DETACHED since 2.6; with CLONE_PIDFD it refuses it. */
		.flags = (flags & CLONE_LEGACY) & ~(u64)CSIGNAL,
		.exit_signal = (int)(flags & CSIGNAL),
		.sp = newsp,
		.tls = tls,
		.parent_tid = parent_tid,
		.child_tid = child_tid,
		.pidfd = parent_tid,
	};

	if ((flags & CLONE_PIDFD) && (flags & CLONE_PARENT_SETTID))
		return -EINVAL;
	return do_clone(t, &rq);
}

long sys_fork(struct task *t)
{
	struct clone_req rq = {.exit_signal = SIGCHLD};

	return do_clone(t, &rq);
}

long sys_vfork(struct task *t)
{
	struct clone_req rq = {.flags = CLONE_VM | CLONE_VFORK, .exit_signal = SIGCHLD};

	return do_clone(t, &rq);
}

static bool clone3_valid(const struct clone_args *a)
{
	if (a->flags & ~CLONE3_FLAGS || a->flags & CLONE_DETACHED)
		return false;
	if (a->exit_signal & ~(u64)CSIGNAL || a->exit_signal > _NSIG - 1)
		return false;
	if ((a->flags & (CLONE_THREAD | CLONE_PARENT)) && a->exit_signal)
		return false;
	if (!!a->stack != !!a->stack_size)
		return false;
	if (a->stack && a->stack + a->stack_size < a->stack)
		return false;
	return a->stack + a->stack_size <= platform_info()->user_end;
}

static int read_set_tid(struct task *t, const struct clone_args *a, pid_t *ret)
{
	if (a->set_tid_size > CLONE_SET_TID_MAX || !!a->set_tid != !!a->set_tid_size)
		return -EINVAL;
	if (!a->set_tid)
		return 0;
	if (get_user(t, ret, a->set_tid))
		return -EFAULT;
	return *ret < 1 ? -EINVAL : 0;
}

long sys_clone3(struct task *t, uaddr_t uargs, size_t size)
{
	struct clone_args a;
	struct clone_req rq;
	int err;

	if (size > PAGE_SIZE)
		return -E2BIG;
	if (size < CLONE_ARGS_MIN)
		return -EINVAL;
	err = copy_struct_from_user(t, &a, sizeof(a), uargs, size);
	if (err)
		return err;
	rq = (struct clone_req){
		.flags = a.flags,
		.exit_signal = (int)a.exit_signal,
		.sp = a.stack ? a.stack + a.stack_size : 0,
		.tls = a.tls,
		.parent_tid = a.parent_tid,
		.child_tid = a.child_tid,
		.pidfd = a.pidfd,
	};
	err = read_set_tid(t, &a, &rq.set_tid);
	if (err)
		return err;
	if (!clone3_valid(&a))
		return -EINVAL;
	/* No directory of a guest is a cgroup. */
	if (a.flags & CLONE_INTO_CGROUP)
		return -EBADF;
	return do_clone(t, &rq);
}

long sys_set_tid_address(struct task *t, uaddr_t tidptr)
{
	task_hear_begin(t);
	t->clear_child_tid = tidptr;
	return task_tid(t);
}
