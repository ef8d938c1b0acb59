/*
 * futex(2), futex_waitv(2), futex_wake(2), futex_wait(2), futex_requeue(2),
 * set_robust_list(2), get_robust_list(2)
 */
#include <linux/futex.h>

#include "gen/sys_proto.h"
#include "kernel/begin.h"
#include "kernel/clock.h"
#include "kernel/futex.h"
#include "kernel/task.h"
#include "mm/uaccess.h"

#define ROBUST_HEAD_SIZE 24

/* futex_waitv(2)'s element, and the flags of the newer calls; linux/futex.h of old does not have
 * them. */
struct waitv_elem {
	u64 val;
	u64 uaddr;
	u32 flags;
	u32 reserved;
};
#define F2_SIZE_MASK 0x03u
#define F2_SIZE_U32  0x02u
#define F2_PRIVATE   0x80u
#define OP_LOCK_PI2  13

static bool has_timeout(int cmd)
{
	return cmd == FUTEX_WAIT || cmd == FUTEX_LOCK_PI || cmd == OP_LOCK_PI2 ||
	       cmd == FUTEX_WAIT_BITSET || cmd == FUTEX_WAIT_REQUEUE_PI;
}

static bool may_use_realtime(int cmd)
{
	return cmd == FUTEX_WAIT_BITSET || cmd == FUTEX_WAIT_REQUEUE_PI || cmd == OP_LOCK_PI2;
}

static int timeout_from_user(struct task *t, int cmd, bool realtime, uaddr_t utime,
			     struct futex_timeout *ret)
{
	struct timespec ts;

	*ret = (struct futex_timeout){.clock = CLOCK_MONOTONIC};
	if (!utime || !has_timeout(cmd))
		return 0;
	if (copy_from_user(t, &ts, utime, sizeof(ts)))
		return -EFAULT;
	if (!timespec_valid(&ts))
		return -EINVAL;
	ret->set = true;
	ret->when = timespec_ns(&ts);
	if (cmd == FUTEX_WAIT)
		ret->when = min(now_ns() + ret->when, (u64)INT64_MAX);
	if (realtime || cmd == FUTEX_LOCK_PI)
		ret->clock = CLOCK_REALTIME;
	return 0;
}

enum { WAIT_ADDR, WAIT_SHARED, WAIT_VAL, WAIT_BITSET, WAIT_CLOCK, WAIT_WHEN };

static long wait_restart(struct task *t, struct restart_block *rb)
{
	const struct futex_timeout to = {
		.set = true,
		.clock = (clockid_t)rb->args[WAIT_CLOCK],
		.when = rb->args[WAIT_WHEN],
	};
	int ret = do_futex_wait(t, rb->args[WAIT_ADDR], rb->args[WAIT_SHARED],
				(u32)rb->args[WAIT_VAL], (u32)rb->args[WAIT_BITSET], &to);

	return ret == -ERESTARTSYS ? -ERESTART_RESTARTBLOCK : ret;
}

/* With a timeout a restart must not begin it anew. */
static long wait_restartable(struct task *t, uaddr_t addr, bool shared, u32 val, u32 bitset,
			     const struct futex_timeout *to)
{
	if (!to->set)
		return do_futex_wait(t, addr, shared, val, bitset, to);
	t->restart = (struct restart_block){
		.fn = wait_restart,
		.args = {addr, shared, val, bitset, (u64)to->clock, to->when},
	};
	return wait_restart(t, &t->restart);
}

long sys_futex(struct task *t, uaddr_t uaddr, int op, u32 val, uaddr_t utime, uaddr_t uaddr2,
	       u32 val3)
{
	int cmd = op & FUTEX_CMD_MASK;
	bool shared = !(op & FUTEX_PRIVATE_FLAG), realtime = op & FUTEX_CLOCK_REALTIME;
	struct futex_requeue_args rq = {
		.from = uaddr,
		.to = uaddr2,
		.from_shared = shared,
		.to_shared = shared,
		.nr_wake = (int)val,
		.nr_requeue = (int)(u32)utime,
		.compare = cmd != FUTEX_REQUEUE,
		.cmpval = val3,
	};
	struct futex_timeout to;
	int err = timeout_from_user(t, cmd, realtime, utime, &to);

	if (err)
		return err;
	if (realtime && !may_use_realtime(cmd))
		return -ENOSYS;
	switch (cmd) {
	case FUTEX_WAIT:
		return wait_restartable(t, uaddr, shared, val, FUTEX_BITSET_MATCH_ANY, &to);
	case FUTEX_WAIT_BITSET:
		return wait_restartable(t, uaddr, shared, val, val3, &to);
	case FUTEX_WAKE:
		return do_futex_wake(t, uaddr, shared, (int)val, FUTEX_BITSET_MATCH_ANY);
	case FUTEX_WAKE_BITSET:
		return do_futex_wake(t, uaddr, shared, (int)val, val3);
	case FUTEX_REQUEUE:
	case FUTEX_CMP_REQUEUE:
		return do_futex_requeue(t, &rq);
	case FUTEX_WAKE_OP:
		return do_futex_wake_op(t, uaddr, shared, (int)val, uaddr2, (int)(u32)utime, val3);
	case FUTEX_LOCK_PI:
	case OP_LOCK_PI2:
		return do_futex_lock_pi(t, uaddr, shared, false, &to);
	case FUTEX_TRYLOCK_PI:
		return do_futex_lock_pi(t, uaddr, shared, true, &to);
	case FUTEX_UNLOCK_PI:
		return do_futex_unlock_pi(t, uaddr, shared);
	case FUTEX_WAIT_REQUEUE_PI:
		return do_futex_wait_requeue_pi(t, uaddr, shared, val, FUTEX_BITSET_MATCH_ANY, &to,
						uaddr2);
	case FUTEX_CMP_REQUEUE_PI:
		return do_futex_requeue_pi(t, &rq);
	default:
		return -ENOSYS;
	}
}

/* The newer calls know 32-bit futexes, private or shared. */
static bool flags2_valid(u32 flags)
{
	return !(flags & ~(F2_SIZE_MASK | F2_PRIVATE)) && (flags & F2_SIZE_MASK) == F2_SIZE_U32;
}

static int timeout2_from_user(struct task *t, uaddr_t timeout, clockid_t clock,
			      struct futex_timeout *ret)
{
	struct timespec ts;

	*ret = (struct futex_timeout){.clock = clock};
	if (!timeout)
		return 0;
	if (clock != CLOCK_MONOTONIC && clock != CLOCK_REALTIME)
		return -EINVAL;
	if (copy_from_user(t, &ts, timeout, sizeof(ts)))
		return -EFAULT;
	if (!timespec_valid(&ts))
		return -EINVAL;
	ret->set = true;
	ret->when = timespec_ns(&ts);
	return 0;
}

static int waitv_from_user(struct task *t, uaddr_t u, size_t nr, struct futex_wait_one *ret)
{
	for (size_t i = 0; i < nr; i++) {
		struct waitv_elem e;

		if (copy_from_user(t, &e, u + i * sizeof(e), sizeof(e)))
			return -EFAULT;
		if (!flags2_valid(e.flags) || e.reserved || e.val > UINT32_MAX)
			return -EINVAL;
		ret[i] = (struct futex_wait_one){
			.addr = e.uaddr,
			.val = (u32)e.val,
			.shared = !(e.flags & F2_PRIVATE),
		};
	}
	return 0;
}

long sys_futex_waitv(struct task *t, uaddr_t waiters, u32 nr_futexes, u32 flags, uaddr_t timeout,
		     clockid_t clockid)
{
	struct futex_wait_one w[FUTEX_WAITV_NR_MAX];
	struct futex_timeout to;
	int err;

	if (flags)
		return -EINVAL;
	if (!nr_futexes || nr_futexes > FUTEX_WAITV_NR_MAX || !waiters)
		return -EINVAL;
	err = timeout2_from_user(t, timeout, clockid, &to);
	if (!err)
		err = waitv_from_user(t, waiters, nr_futexes, w);
	return err ? err : do_futex_waitv(t, w, nr_futexes, &to);
}

long sys_futex_wake(struct task *t, uaddr_t uaddr, unsigned long mask, int nr, int flags)
{
	if (!flags2_valid((u32)flags) || mask > UINT32_MAX)
		return -EINVAL;
	if (nr <= 0)
		return 0;
	return do_futex_wake(t, uaddr, !((u32)flags & F2_PRIVATE), nr, (u32)mask);
}

long sys_futex_wait(struct task *t, uaddr_t uaddr, unsigned long val, unsigned long mask, int flags,
		    uaddr_t timeout, clockid_t clockid)
{
	struct futex_timeout to;
	int err;

	if (!flags2_valid((u32)flags) || val > UINT32_MAX || mask > UINT32_MAX)
		return -EINVAL;
	err = timeout2_from_user(t, timeout, clockid, &to);
	if (err)
		return err;
	/* The timeout is absolute: made again, the call means the same. */
	return do_futex_wait(t, uaddr, !((u32)flags & F2_PRIVATE), (u32)val, (u32)mask, &to);
}

long sys_futex_requeue(struct task *t, uaddr_t waiters, u32 flags, int nr_wake, int nr_requeue)
{
	struct futex_requeue_args rq = {
		.nr_wake = nr_wake,
		.nr_requeue = nr_requeue,
		.compare = true,
	};
	struct futex_wait_one w[2];
	int err;

	if (flags || !waiters)
		return -EINVAL;
	err = waitv_from_user(t, waiters, ARRAY_SIZE(w), w);
	if (err)
		return err;
	rq.from = w[0].addr;
	rq.from_shared = w[0].shared;
	rq.cmpval = w[0].val;
	rq.to = w[1].addr;
	rq.to_shared = w[1].shared;
	return do_futex_requeue(t, &rq);
}

long sys_set_robust_list(struct task *t, uaddr_t head, size_t len)
{
	if (len != ROBUST_HEAD_SIZE)
		return -EINVAL;
	task_hear_begin(t);
	__atomic_store_n(&t->robust_list, head, __ATOMIC_RELAXED);
	return 0;
}

/* As PTRACE_MODE_READ: all ids the same, or the capability. */
static bool may_look_at(struct task *t, struct task *other)
{
	const struct cred *c = t->cred;
	bool same;

	if (t->tg == other->tg || task_capable(t, CAP_SYS_PTRACE))
		return true;
	spin_lock(&other->lock);
	same = c->fsuid == other->cred->uid && c->fsuid == other->cred->euid &&
	       c->fsuid == other->cred->suid && c->fsgid == other->cred->gid &&
	       c->fsgid == other->cred->egid && c->fsgid == other->cred->sgid;
	spin_unlock(&other->lock);
	return same;
}

long sys_get_robust_list(struct task *t, pid_t pid, uaddr_t head_ptr, uaddr_t len_ptr)
{
	cleanup_task struct task *other = pid ? task_find_get(pid) : task_get(t);
	const size_t len = ROBUST_HEAD_SIZE;
	uaddr_t head;

	if (!other)
		return -ESRCH;
	if (!may_look_at(t, other))
		return -EPERM;
	head = task_robust_list(other);
	if (copy_to_user(t, len_ptr, &len, sizeof(len)))
		return -EFAULT;
	return copy_to_user(t, head_ptr, &head, sizeof(head));
}
