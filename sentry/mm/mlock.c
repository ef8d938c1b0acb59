/*
 * mlock and its kin: pages that stay in memory.
 *
 * The host locks them, within the limit it gives the guest's process; the
 * guest's own RLIMIT_MEMLOCK is checked on the tree before.
 *
 * Locks: mm->mmap_lock, across the host's calls.
 */
#include <sys/mman.h>
#include <sys/syscall.h>

#include "kernel/task.h"
#include "mm/internal.h"

#ifndef MLOCK_ONFAULT
#define MLOCK_ONFAULT 1
#endif

static u64 locked_pages_in(const struct mm *mm, uaddr_t start, uaddr_t end)
{
	const struct vma *v;
	u64 sum = 0;

	for (v = vma_find(mm->vmas, start); v && v->start < end; v = vma_next(mm->vmas, v)) {
		if (v->flags & VMA_LOCKED)
			sum += min(v->end, end) - max(v->start, start);
	}
	return to_pages(sum);
}

static int lock_piece(const struct flag_change *c, const struct vma *v, uaddr_t start, uaddr_t end,
		      u32 *flags, struct host_op *op)
{
	if (v->flags & VMA_SPECIAL || *flags == v->flags)
		return 2;
	op->args[0] = start;
	op->args[1] = end - start;
	if (!(c->set & VMA_LOCKED)) {
		op->nr = SYS_munlock;
	} else if (c->set & VMA_LOCKONFAULT) {
		op->nr = SYS_mlock2;
		op->args[2] = MLOCK_ONFAULT;
	} else {
		op->nr = SYS_mlock;
	}
	return 0;
}

static struct flag_change lock_change(struct task *t, struct mm *mm, struct vcpu *v, u32 set)
{
	return (struct flag_change){
		.t = t,
		.mm = mm,
		.v = v,
		.set = set,
		.clear = VMA_LOCKED | VMA_LOCKONFAULT,
		.piece = lock_piece,
	};
}

/* The pages around [addr, addr + len); false: it wraps. */
static bool page_range(uaddr_t addr, size_t len, uaddr_t *ret_start, uaddr_t *ret_end)
{
	uaddr_t start = ALIGN_DOWN(addr, PAGE_SIZE);
	u64 size = ALIGN_UP(len + (addr - start), PAGE_SIZE);

	*ret_start = start;
	*ret_end = start + size;
	return size >= len && start + size >= start;
}

static int change_range(struct flag_change *c, uaddr_t start, uaddr_t end)
{
	struct mm *mm = c->mm;
	struct vma_edit e;
	int err = vma_edit_begin(&e, 2);
	u64 more;

	if (err)
		return err;
	mm_lock_range(mm, start, end);
	more = to_pages(end - start) - locked_pages_in(mm, start, end);
	if (c->set && !mm_mlock_fits_locked(c->t, mm, more))
		err = -ENOMEM;
	else
		err = mm_change_flags_locked(c, &e, start, end);
	mutex_unlock(&mm->mmap_lock);
	vma_edit_end(&e);
	return err;
}

int mm_mlock(struct task *t, struct mm *mm, struct vcpu *v, uaddr_t addr, size_t len, int flags)
{
	u32 set = VMA_LOCKED | (flags & MLOCK_ONFAULT ? VMA_LOCKONFAULT : 0);
	struct flag_change c = lock_change(t, mm, v, set);
	uaddr_t start, end;
	int err;

	if (flags & ~MLOCK_ONFAULT)
		return -EINVAL;
	err = mm_can_mlock(t);
	if (err)
		return err;
	if (!page_range(addr, len, &start, &end))
		return -EINVAL;
	if (start == end)
		return 0;
	if (!mm_range_ok(start, end - start))
		return -ENOMEM;
	return change_range(&c, start, end);
}

int mm_munlock(struct task *t, struct mm *mm, struct vcpu *v, uaddr_t addr, size_t len)
{
	struct flag_change c = lock_change(t, mm, v, 0);
	uaddr_t start, end;

	if (!page_range(addr, len, &start, &end))
		return -EINVAL;
	if (start == end)
		return 0;
	if (!mm_range_ok(start, end - start))
		return -ENOMEM;
	return change_range(&c, start, end);
}

static int change_all_locked(const struct flag_change *c, struct vma_edit *e)
{
	const struct vma *v = vma_first(c->mm->vmas);
	uaddr_t end = platform_info()->user_end;
	int err = 0;

	while (v && v->start < end && !err) {
		uaddr_t next = v->end;

		err = mm_change_flags_locked(c, e, v->start, next);
		v = vma_find(c->mm->vmas, next);
	}
	return err;
}

int mm_mlockall(struct task *t, struct mm *mm, struct vcpu *v, int flags)
{
	u32 set = VMA_LOCKED | (flags & MCL_ONFAULT ? VMA_LOCKONFAULT : 0);
	struct flag_change c = lock_change(t, mm, v, flags ? set : 0);
	struct vma_edit e;
	int err = flags ? mm_can_mlock(t) : 0;

	c.lenient = true;
	if (err)
		return err;
	err = vma_edit_begin(&e, 0);
	if (err)
		return err;
	mm_lock_all(mm);
	if (flags & MCL_CURRENT && mm->total_vm > task_rlimit(t, RLIMIT_MEMLOCK) >> PAGE_SHIFT &&
	    !task_capable(t, CAP_IPC_LOCK))
		err = -ENOMEM;
	if (!err) {
		mm->lock_future = flags & MCL_FUTURE ? set : 0;
		if (!flags || flags & MCL_CURRENT)
			err = change_all_locked(&c, &e);
	}
	mutex_unlock(&mm->mmap_lock);
	vma_edit_end(&e);
	return err;
}
