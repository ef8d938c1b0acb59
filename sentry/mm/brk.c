/*
 * brk: the heap behind the program.
 *
 * Locks: mm->mmap_lock, across the host's call.
 */
#include <sys/personality.h>
#include <sys/syscall.h>

#include "kernel/task.h"
#include "mm/fastpath.h"
#include "mm/internal.h"

static bool shrink_locked(struct mm *mm, struct vcpu *v, struct vma_edit *e, uaddr_t from,
			  uaddr_t to)
{
	const struct mm_undo undo = {.kind = UNDO_UNMAP, .start = from, .end = to, .brk = mm->brk};
	struct host_op op = {
		.nr = SYS_munmap,
		.args = {from, to - from},
		.fd = HOSTFD_NONE,
	};

	fastpath_vacate_locked(mm, v, from, to);
	if (mm_is_sealed_locked(mm, from, to) || mm_host_last_locked(mm, v, &op, 1, &undo))
		return false;
	mm_clear_range_locked(mm, e, from, to);
	return true;
}

static bool grow_locked(struct task *t, struct mm *mm, struct vcpu *v, struct vma_edit *e,
			uaddr_t from, uaddr_t to)
{
	const struct vma *next = vma_find(mm->vmas, from);
	const struct mm_undo undo = {.kind = UNDO_MAP, .start = from, .end = to, .brk = mm->brk};
	u32 flags = VMA_READ | VMA_WRITE | VMA_MAYREAD | VMA_MAYWRITE | VMA_MAYEXEC;
	struct host_op op;
	struct vma *heap;

	if (t->personality & READ_IMPLIES_EXEC)
		flags |= VMA_EXEC;
	flags |= mm->lock_future;
	if (!mm_range_ok(from, to - from) || (next && to + PAGE_SIZE > vma_start_gap(next)) ||
	    mm->vmas->nr >= MAX_MAP_COUNT ||
	    !mm_may_expand_locked(t, mm, flags, to_pages(to - from)) ||
	    (flags & VMA_LOCKED && !mm_mlock_fits_locked(t, mm, to_pages(to - from))))
		return false;
	fastpath_vacate_locked(mm, v, from, to);
	op = mm_anon_op(from, to - from, flags);
	if (mm_host_last_locked(mm, v, &op, 1, flags & VMA_LOCKED ? NULL : &undo))
		return false;
	heap = vma_take_spare(e);
	heap->start = from;
	heap->end = to;
	heap->flags = flags;
	mm_account_locked(mm, flags, (s64)to_pages(to - from));
	vma_insert(mm->vmas, heap);
	vma_merge_range(mm->vmas, e, from, to);
	return true;
}

static bool set_locked(struct task *t, struct mm *mm, struct vcpu *v, struct vma_edit *e,
		       uaddr_t brk)
{
	uaddr_t from = ALIGN_UP(mm->brk, PAGE_SIZE), to = ALIGN_UP(brk, PAGE_SIZE);
	u64 limit = task_rlimit(t, RLIMIT_DATA);

	if (brk < mm->start_brk || brk > platform_info()->user_end ||
	    (brk - mm->start_brk) + (mm->end_data - mm->start_data) > limit)
		return false;
	if (to == from)
		return true;
	return to < from ? shrink_locked(mm, v, e, to, from) : grow_locked(t, mm, v, e, from, to);
}

uaddr_t mm_brk(struct task *t, struct mm *mm, struct vcpu *v, uaddr_t brk)
{
	struct vma_edit e;
	uaddr_t ret;

	if (vma_edit_begin(&e, 1))
		return mm->brk;
	mm_lock_all(mm);
	if (set_locked(t, mm, v, &e, brk))
		mm->brk = brk;
	ret = mm->brk;
	mutex_unlock(&mm->mmap_lock);
	vma_edit_end(&e);
	return ret;
}
