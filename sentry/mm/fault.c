/*
 * Stacks that grow.
 *
 * The host knows nothing of MAP_GROWSDOWN: its mapping is an ordinary one, a
 * touch below it is a fault, and here the mapping gets bigger if Linux would
 * let it.  It grows in steps, so that a program that walks down its stack does
 * not fault at every page.
 *
 * Locks: mm->mmap_lock, across the host's call.
 */
#include "kernel/task.h"
#include "mm/fastpath.h"
#include "mm/internal.h"

#define STACK_STEP (128ul << 10)

/* The lowest address @v may grow to: limits and the neighbour below say. */
static uaddr_t lowest_locked(struct task *t, struct mm *mm, const struct vma *v)
{
	const struct vma *prev = vma_prev(mm->vmas, v);
	u64 limit = ALIGN_DOWN(task_rlimit(t, RLIMIT_STACK), PAGE_SIZE);
	uaddr_t low = MMAP_MIN_ADDR;

	if (v->end > low + limit && v->end > limit)
		low = v->end - limit;
	if (prev) {
		uaddr_t guard = prev->end;

		if (!(prev->flags & VMA_GROWSDOWN) && prev->flags & VMA_PROT_MASK)
			guard += VMA_GUARD_GAP;
		low = max(low, guard);
	}
	return low;
}

static bool grow_locked(struct task *t, struct mm *mm, struct vcpu *vcpu, struct vma *v,
			uaddr_t addr)
{
	uaddr_t low = lowest_locked(t, mm, v);
	uaddr_t start = ALIGN_DOWN(addr, PAGE_SIZE);
	u64 pages;

	if (start < low)
		return false;
	start = max(low, min(start, ALIGN_DOWN(start, STACK_STEP)));
	pages = to_pages(v->start - start);
	if (!mm_may_expand_locked(t, mm, v->flags, pages) ||
	    (v->flags & VMA_LOCKED && !mm_mlock_fits_locked(t, mm, pages)))
		return false;
	fastpath_vacate_locked(mm, vcpu, start, v->start);
	if (mm_host_anon(vcpu, start, v->start - start, v->flags))
		return false;
	vma_resize(mm->vmas, v, start, v->end);
	mm_account_locked(mm, v->flags, (s64)pages);
	return true;
}

bool mm_fault(struct task *t, struct mm *mm, struct vcpu *vcpu, uaddr_t addr)
{
	struct vma *v;
	bool done = false;

	if (addr >= platform_info()->user_end)
		return false;
	mm_lock_all(mm);
	v = vma_find(mm->vmas, addr);
	/* Another thread may have been faster: then there is nothing left to do. */
	if (v && v->flags & VMA_GROWSDOWN)
		done = v->start <= addr || grow_locked(t, mm, vcpu, v, addr);
	mutex_unlock(&mm->mmap_lock);
	return done;
}
