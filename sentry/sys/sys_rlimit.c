/* getrlimit(2), setrlimit(2), prlimit64(2) */
#include <sys/resource.h>

#include "fs/fdtable.h"
#include "gen/sys_proto.h"
#include "kernel/begin.h"
#include "kernel/posix_timer.h"
#include "kernel/task.h"
#include "mm/mm.h"
#include "mm/uaccess.h"

static int do_prlimit(struct task *t, struct tgroup *tg, unsigned resource,
		      const struct rlimit64 *val, struct rlimit64 *ret_old) NO_TSA
{
	int err = 0;

	if (resource >= RLIM_NLIMITS)
		return -EINVAL;
	if (val && val->rlim_cur > val->rlim_max)
		return -EINVAL;
	if (val && resource == RLIMIT_NOFILE && val->rlim_max > FDTABLE_MAX)
		return -EPERM;
	if (val)
		tgroup_lock_limits(tg);
	else
		mutex_lock(&tg->rlim_mu);
	*ret_old = tg->rlim[resource];
	if (val && val->rlim_max > ret_old->rlim_max && !task_capable(t, CAP_SYS_RESOURCE))
		err = -EPERM;
	else if (val) {
		tg->rlim[resource].rlim_max = val->rlim_max;
		__atomic_store_n(&tg->rlim[resource].rlim_cur, val->rlim_cur, __ATOMIC_RELAXED);
	}
	if (val)
		tgroup_unlock_limits(tg);
	else
		mutex_unlock(&tg->rlim_mu);
	if (!err && val && resource == RLIMIT_CPU)
		err = itimer_watch_cpu_limit(tg);
	return err;
}

static void tell_host(struct task *t)
{
	cleanup_mm struct mm *mm = task_mm_get(t);

	if (mm)
		mm_limit(mm, task_rlimit(t, RLIMIT_AS));
}

/* Another's limits: all ids must be the caller's, or CAP_SYS_RESOURCE. */
static bool may_prlimit(struct task *t, struct task *other)
{
	cleanup_cred struct cred *o = NULL;
	const struct cred *c = t->cred;

	if (other == t)
		return true;
	o = task_cred_get(other);
	if (c->uid == o->euid && c->uid == o->suid && c->uid == o->uid && c->gid == o->egid &&
	    c->gid == o->sgid && c->gid == o->gid)
		return true;
	return task_capable(t, CAP_SYS_RESOURCE);
}

long sys_prlimit64(struct task *t, pid_t pid, int resource, uaddr_t new_rlim, uaddr_t old_rlim)
{
	cleanup_task struct task *other = NULL;
	struct rlimit64 val, old;
	int err;

	if (new_rlim && copy_from_user(t, &val, new_rlim, sizeof(val)))
		return -EFAULT;
	other = pid ? task_find_get(pid) : task_get(t);
	if (!other)
		return -ESRCH;
	if (!may_prlimit(t, other))
		return -EPERM;
	err = do_prlimit(t, other->tg, (unsigned)resource, new_rlim ? &val : NULL, &old);
	if (!new_rlim && other == t)
		task_tell_limits(t);
	if (!err && new_rlim && resource == RLIMIT_AS)
		tell_host(other);
	if (!err && old_rlim)
		err = copy_to_user(t, old_rlim, &old, sizeof(old));
	return err;
}

long sys_getrlimit(struct task *t, int resource, uaddr_t rlim)
{
	struct rlimit64 old;
	int err = do_prlimit(t, t->tg, (unsigned)resource, NULL, &old);

	return err ? err : copy_to_user(t, rlim, &old, sizeof(old));
}

long sys_setrlimit(struct task *t, int resource, uaddr_t rlim)
{
	struct rlimit64 val, old;
	int err;

	if (copy_from_user(t, &val, rlim, sizeof(val)))
		return -EFAULT;
	err = do_prlimit(t, t->tg, (unsigned)resource, &val, &old);
	if (!err && resource == RLIMIT_AS)
		tell_host(t);
	return err;
}
