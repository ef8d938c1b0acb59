/*
 * Looking at other processes (access.h), by the rules of ptrace(2), "Ptrace
 * access mode checking".
 *
 * Locks: tasklist_lock and task->lock are taken for moments.
 */
#include "kernel/access.h"

#include "kernel/task.h"
#include "mm/mm.h"

struct task *pid_task_get(struct pid *pid, bool thread)
{
	struct task *t;

	mutex_lock(&tasklist_lock);
	t = thread ? pid->task : pid->tg ? pid->tg->leader : NULL;
	if (t)
		task_get(t);
	mutex_unlock(&tasklist_lock);
	return t;
}

bool task_dumpable(struct task *t)
{
	cleanup_mm struct mm *mm = task_mm_get(t);

	return mm && mm->dumpable;
}

static bool same_ids(const struct cred *t, u32 uid, u32 gid)
{
	return uid == t->euid && uid == t->suid && uid == t->uid && gid == t->egid &&
	       gid == t->sgid && gid == t->gid;
}

int task_may_look(struct task *from, const struct cred *cred, struct task *to)
{
	cleanup_cred struct cred *theirs = NULL;
	cleanup_mm struct mm *mm = NULL;
	const struct cred *mine;
	bool trusted;
	u64 caps;

	if (!from || from->tg == to->tg)
		return 0;
	theirs = task_cred_get(to);
	mine = cred ? cred : from->cred;
	caps = cred ? mine->cap_effective : mine->cap_permitted;
	trusted = cred_capable(mine, CAP_SYS_PTRACE);
	if (trusted)
		return 0;
	if (!theirs ||
	    !same_ids(theirs, cred ? mine->fsuid : mine->uid, cred ? mine->fsgid : mine->gid))
		return -EPERM;
	mm = task_mm_get(to);
	if (mm && !mm->dumpable)
		return -EPERM;
	return theirs->cap_permitted & ~caps ? -EPERM : 0;
}
