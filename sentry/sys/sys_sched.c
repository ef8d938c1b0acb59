/* sched_*(2), getcpu(2) */
#include <sched.h>
#include <string.h>
#include <time.h>

#include "gen/sys_proto.h"
#include "kernel/prio.h"
#include "kernel/task.h"
#include "mm/uaccess.h"

#define RR_SLICE_NS    100000000
#define OTHER_SLICE_NS 4000000

/* The guest's struct sched_attr, first version (SCHED_ATTR_SIZE_VER0) and the clamps after it. */
struct linux_sched_attr {
	u32 size, policy;
	u64 flags;
	s32 nice;
	u32 priority;
	u64 runtime, deadline, period;
	u32 util_min, util_max;
};
#define SCHED_ATTR_MIN 48

/* Nobody yields on a policy that is kept and not obeyed, but other fibers get their turn. */
long sys_sched_yield(struct task *t)
{
	(void)t;
	fiber_yield();
	return 0;
}

static struct task *find(struct task *t, pid_t pid)
{
	return pid ? task_find_get(pid) : task_get(t);
}

long sys_sched_get_priority_max(struct task *t, int policy)
{
	int lo, hi;

	(void)t;
	if (policy == SCHED_DEADLINE)
		return 0;
	return prio_range(policy, &lo, &hi) ? -EINVAL : hi;
}

long sys_sched_get_priority_min(struct task *t, int policy)
{
	int lo, hi;

	(void)t;
	if (policy == SCHED_DEADLINE)
		return 0;
	return prio_range(policy, &lo, &hi) ? -EINVAL : lo;
}

static long set_policy(struct task *t, pid_t pid, int policy, uaddr_t param)
{
	cleanup_task struct task *other = NULL;
	struct prio_policy p, old;

	if (!param || pid < 0)
		return -EINVAL;
	if (get_user(t, &p.priority, param))
		return -EFAULT;
	other = find(t, pid);
	if (!other)
		return -ESRCH;
	prio_get_policy(other, &old);
	p.reset_on_fork = policy < 0 ? old.reset_on_fork : policy & SCHED_RESET_ON_FORK;
	p.policy = policy < 0 ? old.policy : policy & ~SCHED_RESET_ON_FORK;
	return prio_set_policy(t, other, &p);
}

long sys_sched_setscheduler(struct task *t, pid_t pid, int policy, uaddr_t param)
{
	return policy < 0 ? -EINVAL : set_policy(t, pid, policy, param);
}

long sys_sched_setparam(struct task *t, pid_t pid, uaddr_t param)
{
	return set_policy(t, pid, -1, param);
}

long sys_sched_getscheduler(struct task *t, pid_t pid)
{
	cleanup_task struct task *other = NULL;
	struct prio_policy p;

	if (pid < 0)
		return -EINVAL;
	other = find(t, pid);
	if (!other)
		return -ESRCH;
	prio_get_policy(other, &p);
	return p.policy | (p.reset_on_fork ? SCHED_RESET_ON_FORK : 0);
}

long sys_sched_getparam(struct task *t, pid_t pid, uaddr_t param)
{
	cleanup_task struct task *other = NULL;
	struct prio_policy p;

	if (!param || pid < 0)
		return -EINVAL;
	other = find(t, pid);
	if (!other)
		return -ESRCH;
	prio_get_policy(other, &p);
	return put_user(t, p.priority, param);
}

static int copy_attr(struct task *t, uaddr_t uattr, struct linux_sched_attr *ret)
{
	u32 known = sizeof(*ret), size;
	int err;

	if (get_user(t, &size, uattr))
		return -EFAULT;
	if (!size)
		size = SCHED_ATTR_MIN;
	err = size < SCHED_ATTR_MIN || size > PAGE_SIZE ? -E2BIG : 0;
	if (!err)
		err = copy_struct_from_user(t, ret, sizeof(*ret), uattr, size);
	/* The size we know tells the caller what to cut. */
	if (err == -E2BIG && put_user(t, known, uattr))
		return -EFAULT;
	return err;
}

long sys_sched_setattr(struct task *t, pid_t pid, uaddr_t uattr, u32 flags)
{
	cleanup_task struct task *other = NULL;
	struct linux_sched_attr a;
	struct prio_policy p;
	int err;

	if (!uattr || pid < 0 || flags)
		return -EINVAL;
	err = copy_attr(t, uattr, &a);
	if (err)
		return err;
	if ((int)a.policy < 0 || a.flags & ~1ull)
		return -EINVAL;
	other = find(t, pid);
	if (!other)
		return -ESRCH;
	p = (struct prio_policy){(int)a.policy, (int)a.priority, a.flags & 1};
	err = prio_set_policy(t, other, &p);
	if (!err && (p.policy == SCHED_OTHER || p.policy == SCHED_BATCH))
		err = prio_set_nice(t, other, a.nice);
	return err == -EACCES ? -EPERM : err;
}

long sys_sched_getattr(struct task *t, pid_t pid, uaddr_t uattr, u32 usize, u32 flags)
{
	cleanup_task struct task *other = NULL;
	struct linux_sched_attr a = {0};
	struct prio_policy p;

	if (!uattr || pid < 0 || usize > PAGE_SIZE || usize < SCHED_ATTR_MIN || flags)
		return -EINVAL;
	other = find(t, pid);
	if (!other)
		return -ESRCH;
	prio_get_policy(other, &p);
	a.size = min(usize, (u32)sizeof(a));
	a.policy = (u32)p.policy;
	a.flags = p.reset_on_fork;
	a.priority = (u32)p.priority;
	a.nice = prio_get_nice(other);
	a.util_max = 1024;
	return copy_to_user(t, uattr, &a, a.size);
}

long sys_sched_rr_get_interval(struct task *t, pid_t pid, uaddr_t interval)
{
	cleanup_task struct task *other = NULL;
	struct timespec ts = {0};
	struct prio_policy p;

	if (pid < 0)
		return -EINVAL;
	other = find(t, pid);
	if (!other)
		return -ESRCH;
	prio_get_policy(other, &p);
	if (p.policy == SCHED_RR)
		ts.tv_nsec = RR_SLICE_NS;
	else if (p.policy != SCHED_FIFO)
		ts.tv_nsec = OTHER_SLICE_NS;
	return copy_to_user(t, interval, &ts, sizeof(ts));
}

long sys_sched_setaffinity(struct task *t, pid_t pid, u32 len, uaddr_t user_mask)
{
	cleanup_task struct task *other = NULL;
	cpu_set_t mask;

	CPU_ZERO(&mask);
	if (copy_from_user(t, &mask, user_mask, min((size_t)len, sizeof(mask))))
		return -EFAULT;
	other = find(t, pid);
	return other ? prio_set_affinity(t, other, &mask) : -ESRCH;
}

/* As many bytes as the processors of the machine take, in whole words. */
static u32 mask_size(void)
{
	const cpu_set_t *online = prio_online();
	u32 size = sizeof(long);

	for (u32 i = 0; i < CPU_SETSIZE; i++) {
		if (CPU_ISSET(i, online))
			size = ALIGN_UP((i + 8) / 8, (u32)sizeof(long));
	}
	return size;
}

long sys_sched_getaffinity(struct task *t, pid_t pid, u32 len, uaddr_t user_mask)
{
	cleanup_task struct task *other = NULL;
	u32 size = mask_size();
	cpu_set_t mask;

	if (len < size || len & (sizeof(long) - 1))
		return -EINVAL;
	other = find(t, pid);
	if (!other)
		return -ESRCH;
	prio_get_affinity(other, &mask);
	return copy_to_user(t, user_mask, &mask, size) ? -EFAULT : (long)size;
}

/* Where the sentry runs, which is as near to where the guest runs as can be told. */
long sys_getcpu(struct task *t, uaddr_t cpup, uaddr_t nodep, uaddr_t unused)
{
	unsigned cpu = 0, node = 0;

	(void)unused;
	if (getcpu(&cpu, &node))
		return -EFAULT;
	if (cpup && put_user(t, cpu, cpup))
		return -EFAULT;
	return nodep ? put_user(t, node, nodep) : 0;
}
