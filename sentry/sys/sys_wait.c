/* wait4(2), waitid(2) */
#include <limits.h>
#include <sys/wait.h>

#include "fs/pidfd.h"
#include "gen/sys_proto.h"
#include "kernel/pid.h"
#include "kernel/task.h"
#include "kernel/wait.h"
#include "mm/uaccess.h"

#ifndef P_PIDFD
#define P_PIDFD 3
#endif

#define WAIT_CHILD_KINDS (__WNOTHREAD | __WCLONE | __WALL)

/* Whom wait4's and waitid's numbers mean; 0 and negative ones are the caller's. */
static int find_pgrp(struct task *t, pid_t nr, struct pid **ret)
{
	if (nr) {
		*ret = pid_find_get(nr);
	} else {
		mutex_lock(&tasklist_lock);
		*ret = pid_get(t->tg->pgrp);
		mutex_unlock(&tasklist_lock);
	}
	return *ret ? 0 : -ECHILD;
}

static int find_pid(pid_t nr, struct pid **ret)
{
	*ret = pid_find_get(nr);
	return *ret ? 0 : -ECHILD;
}

long sys_wait4(struct task *t, pid_t upid, uaddr_t stat_addr, int options, uaddr_t ru)
{
	struct wait_req req = {.type = P_ALL, .options = options | WEXITED};
	cleanup_pid struct pid *pid = NULL;
	struct wait_result res;
	int err = 0;

	if (options & ~(WNOHANG | WUNTRACED | WCONTINUED | WAIT_CHILD_KINDS))
		return -EINVAL;
	if (upid == INT_MIN)
		return -ESRCH;
	if (upid > 0) {
		req.type = P_PID;
		err = find_pid(upid, &pid);
	} else if (upid != -1) {
		req.type = P_PGID;
		err = find_pgrp(t, -upid, &pid);
	}
	if (err)
		return err;
	req.pid = pid;
	err = wait_for_child(t, &req, &res);
	if (err || !res.pid)
		return err;
	if (stat_addr && put_user(t, res.wstatus, stat_addr))
		return -EFAULT;
	if (ru && copy_to_user(t, ru, &res.ru, sizeof(res.ru)))
		return -EFAULT;
	return res.pid;
}

static int waitid_whom(struct task *t, int which, pid_t upid, struct pid **ret, int *options)
{
	bool nonblock = false;
	int err;

	switch (which) {
	case P_ALL:
		return 0;
	case P_PID:
		return upid <= 0 ? -EINVAL : find_pid(upid, ret);
	case P_PGID:
		return upid < 0 ? -EINVAL : find_pgrp(t, upid, ret);
	case P_PIDFD:
		if (upid < 0)
			return -EINVAL;
		err = pidfd_get_pid(t, upid, ret, &nonblock);
		if (!err && nonblock)
			*options |= WNOHANG;
		return err;
	default:
		return -EINVAL;
	}
}

/* Only these six words, as Linux: the rest of the guest's siginfo stays. */
static int put_info(struct task *t, uaddr_t infop, const struct wait_result *res)
{
	struct {
		s32 signo, err, code, pad, pid;
		u32 uid;
		s32 status;
	} out = {0};

	_Static_assert(offsetof(siginfo_t, si_pid) == 16 && offsetof(siginfo_t, si_status) == 24,
		       "siginfo layout");
	if (res->pid) {
		out.signo = SIGCHLD;
		out.code = res->code;
		out.pid = res->pid;
		out.uid = res->uid;
		out.status = res->status;
	}
	return copy_to_user(t, infop, &out, sizeof(out));
}

long sys_waitid(struct task *t, int which, pid_t upid, uaddr_t infop, int options, uaddr_t ru)
{
	struct wait_req req = {.type = which == P_PIDFD ? P_PID : which, .options = options};
	cleanup_pid struct pid *pid = NULL;
	struct wait_result res;
	int err;

	if (options & ~(WNOHANG | WNOWAIT | WEXITED | WSTOPPED | WCONTINUED | WAIT_CHILD_KINDS))
		return -EINVAL;
	if (!(options & (WEXITED | WSTOPPED | WCONTINUED)))
		return -EINVAL;
	err = waitid_whom(t, which, upid, &pid, &req.options);
	if (err)
		return err;
	req.pid = pid;
	err = wait_for_child(t, &req, &res);
	if (err)
		return err;
	/* A descriptor that does not block answers as one. */
	if (!res.pid && (req.options & WNOHANG) && !(options & WNOHANG))
		return -EAGAIN;
	if (res.pid && ru && copy_to_user(t, ru, &res.ru, sizeof(res.ru)))
		return -EFAULT;
	return infop ? put_info(t, infop, &res) : 0;
}
