/* membarrier(2), process_madvise(2), process_mrelease(2) */
#include <linux/membarrier.h>
#include <sys/mman.h>

#include "fs/pidfd.h"
#include "gen/sys_proto.h"
#include "kernel/access.h"
#include "kernel/task.h"
#include "lib/alloc.h"
#include "mm/mm.h"
#include "mm/uaccess.h"

/* What the host does for us in the guest's own process; restartable sequences are not there. */
#define MEMBARRIER_KNOWN                                                                          \
	(MEMBARRIER_CMD_GLOBAL | MEMBARRIER_CMD_GLOBAL_EXPEDITED |                                \
	 MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED | MEMBARRIER_CMD_PRIVATE_EXPEDITED |            \
	 MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED | MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE | \
	 MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE)

long sys_membarrier(struct task *t, int cmd, u32 flags, int cpu_id)
{
	long ret;

	(void)cpu_id;
	if (flags || cmd & ~MEMBARRIER_KNOWN || cmd & (cmd - 1))
		return -EINVAL;
	ret = mm_membarrier(t->mm, t->vcpu, cmd);
	return cmd == MEMBARRIER_CMD_QUERY && ret > 0 ? ret & MEMBARRIER_KNOWN : ret;
}

/* The memory @t may advise on through @pidfd. */
static int advised_mm(struct task *t, int pidfd, struct mm **ret)
{
	cleanup_pid struct pid *pid = NULL;
	cleanup_task struct task *other = NULL;
	int err = pidfd_get_pid(t, pidfd, &pid, NULL);

	if (err)
		return err;
	other = pid_task_get(pid, false);
	if (!other)
		return -ESRCH;
	if (task_may_look(t, t->cred, other))
		return -EPERM;
	*ret = task_mm_get(other);
	if (!*ret)
		return -ESRCH;
	return 0;
}

/* Advice on another process is a hint, and taken as one; its pages stay where they are. */
static ssize_t advise(struct task *t, struct mm *mm, const struct iov_seg *segs, size_t nr,
		      int behavior)
{
	ssize_t done = 0;
	int err = 0;

	for (size_t i = 0; i < nr && !err; i++) {
		if (mm == t->mm)
			err = mm_madvise(t, mm, t->vcpu, segs[i].base, segs[i].len, behavior);
		else if (!IS_ALIGNED(segs[i].base, PAGE_SIZE))
			err = -EINVAL;
		if (!err)
			done += (ssize_t)segs[i].len;
	}
	return done ? done : err;
}

long sys_process_madvise(struct task *t, int pidfd, uaddr_t vec, size_t vlen, int behavior,
			 u32 flags)
{
	struct iov_seg fast[UIO_FASTIOV], *segs;
	cleanup_mm struct mm *mm = NULL;
	ssize_t ret;

	if (flags)
		return -EINVAL;
	ret = iovec_from_user(t, vec, vlen, fast, &segs);
	if (ret < 0)
		return ret;
	ret = advised_mm(t, pidfd, &mm);
	if (!ret && mm != t->mm && !mm_madvise_is_hint(behavior))
		ret = -EINVAL;
	if (!ret && mm != t->mm && !task_capable(t, CAP_SYS_NICE))
		ret = -EPERM;
	if (!ret)
		ret = advise(t, mm, segs, vlen, behavior);
	if (segs != fast)
		kfree(segs);
	return ret;
}
