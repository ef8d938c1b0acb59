/* unshare(2) */
#include <sched.h>

#include "fs/fdtable.h"
#include "fs/fs_struct.h"
#include "gen/sys_proto.h"
#include "kernel/task.h"
#include "mm/mm.h"

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x00000080
#endif

#define NAMESPACES                                                                                 \
	(CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET | \
	 CLONE_NEWCGROUP | CLONE_NEWTIME)
#define PRIVATE (CLONE_THREAD | CLONE_SIGHAND | CLONE_VM)
#define KNOWN   (PRIVATE | CLONE_FS | CLONE_FILES | CLONE_SYSVSEM | NAMESPACES)

static bool is_single(struct task *t)
{
	bool single;

	mutex_lock(&tasklist_lock);
	single = t->tg->nr_threads == 1;
	mutex_unlock(&tasklist_lock);
	return single;
}

/* What cannot be unshared must not be shared. */
static int check_private(struct task *t, unsigned long flags)
{
	if ((flags & PRIVATE) && !is_single(t))
		return -EINVAL;
	if ((flags & (CLONE_SIGHAND | CLONE_VM)) && ref_read(&t->tg->sighand->ref) > 1)
		return -EINVAL;
	if ((flags & CLONE_VM) && __atomic_load_n(&t->mm->nr_users, __ATOMIC_RELAXED) > 1)
		return -EINVAL;
	return 0;
}

static void replace(struct task *t, struct fdtable *ft, struct fs_struct *fs)
{
	struct fdtable *old_ft = t->files;
	struct fs_struct *old_fs = t->fs;

	spin_lock(&t->lock);
	if (ft)
		t->files = ft;
	if (fs)
		t->fs = fs;
	spin_unlock(&t->lock);
	if (ft)
		fdtable_put(old_ft);
	if (fs)
		fs_struct_put(old_fs);
}

long sys_unshare(struct task *t, unsigned long flags)
{
	struct fs_struct *fs = NULL;
	struct fdtable *ft = NULL;
	int err;

	if (flags & ~(unsigned long)KNOWN)
		return -EINVAL;
	err = check_private(t, flags);
	if (err)
		return err;
	/* As a kernel without namespaces answers. */
	if (flags & NAMESPACES)
		return task_capable(t, CAP_SYS_ADMIN) ? -EINVAL : -EPERM;
	if (flags & CLONE_FILES)
		err = fdtable_copy(t->files, FDTABLE_MAX, &ft);
	if (!err && (flags & CLONE_FS))
		err = fs_struct_copy(t->fs, &fs);
	if (!err)
		replace(t, ft, fs);
	else if (ft)
		fdtable_put(ft);
	return err;
}
