/*
 * The last doing of mmap, munmap, mprotect and brk: carried out by the host when
 * the call returns, together with its answer (vcpu_last_ops()).
 *
 * Only where nobody else runs in this memory, or changes it: then nobody is there
 * to see the tree say what is not yet.  If the host refuses after all, the tree
 * becomes what it was, but for two cases: what a mapping was to replace is
 * gone, as on Linux; and memory that the host does not give up costs the guest its
 * process.  The latter is not put off where the host would have to split one
 * mapping into two, which is the only reason it has.
 *
 * Locks: mm->mmap_lock; mm->undo is that of the one call that can be stopped.
 */
#include <sys/syscall.h>

#include "kernel/task.h"
#include "kernel/trace.h"
#include "lib/log.h"
#include "mm/fastpath.h"
#include "mm/internal.h"
#include "platform/last.h"

/* What takes the host longer has kicks wait. */
#define LAST_MAX (256ul << 20)

/* The host counts mappings as we do, and a few of the platform's. */
#define FEW_MAPPINGS (MAX_MAP_COUNT / 2)

static bool may_put_off(const struct mm *mm, const struct mm_undo *undo)
{
	return undo && undo->end - undo->start <= LAST_MAX && mm->vmas->nr < FEW_MAPPINGS &&
	       __atomic_load_n(&mm->nr_users, __ATOMIC_RELAXED) == 1 && !trace_is_on();
}

int mm_host_last_locked(struct mm *mm, struct vcpu *v, struct host_op *ops, size_t n,
			const struct mm_undo *undo)
{
	if (!may_put_off(mm, undo) || !vcpu_last_ops(v, ops, n))
		return vcpu_host_ops(v, ops, n);
	mm->undo = *undo;
	return 0;
}

static int undo_map_locked(struct mm *mm, struct vcpu *v, struct vma_edit *e,
			   const struct mm_undo *u)
{
	int err;

	if (u->image)
		fastpath_leave_locked(mm, v);
	err = (int)mm_host1(v, SYS_munmap, u->start, u->end - u->start, 0, 0);
	if (!err)
		mm_clear_range_locked(mm, e, u->start, u->end);
	return err;
}

static int undo_locked(struct mm *mm, struct vcpu *v, struct vma_edit *e, const struct mm_undo *u)
{
	switch (u->kind) {
	case UNDO_NOTHING:
		return 0;
	case UNDO_MAP:
		return undo_map_locked(mm, v, e, u);
	case UNDO_FLAGS:
		mm_apply_flags_locked(mm, e, u->start, u->end, u->flags);
		vma_merge_range(mm->vmas, e, u->start, u->end);
		return 0;
	case UNDO_UNMAP:
		break;
	}
	return -ENOMEM;
}

long mm_refused(struct mm *mm, struct vcpu *v, int err)
{
	struct mm_undo u;
	struct vma_edit e;
	int failed = vma_edit_begin(&e, 2);
	bool begun = !failed;

	mutex_lock(&mm->mmap_lock);
	u = mm->undo;
	mm->undo = (struct mm_undo){0};
	if (!failed)
		failed = undo_locked(mm, v, &e, &u);
	if (!failed && u.brk)
		mm->brk = u.brk;
	mutex_unlock(&mm->mmap_lock);
	if (begun)
		vma_edit_end(&e);
	if (failed) {
		log_warn("a change of memory that the host refused cannot be undone: killed");
		aspace_kill(mm->aspace);
	}
	if (u.brk)
		return (long)u.brk;
	/* The tree had a hole where the host has something. */
	return err == -EEXIST ? -ENOMEM : err;
}
