/*
 * Changing the flags of a range, and mprotect with it.
 *
 * The range is walked mapping by mapping, as Linux does: what comes before an
 * error stays changed.
 *
 * Locks: mm->mmap_lock, across the host's calls.
 */
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/syscall.h>

#include "kernel/task.h"
#include "mm/fastpath.h"
#include "mm/internal.h"

#ifndef PROT_SEM
#define PROT_SEM 0x8
#endif

static unsigned splits_of(const struct vma *v, uaddr_t start, uaddr_t end)
{
	return (v->start < start) + (v->end > end);
}

void mm_apply_flags_locked(struct mm *mm, struct vma_edit *e, uaddr_t start, uaddr_t end, u32 flags)
{
	struct vma *v;

	vma_split_at(mm->vmas, e, start);
	vma_split_at(mm->vmas, e, end);
	v = vma_find(mm->vmas, start);
	mm_account_locked(mm, v->flags, -(s64)to_pages(end - start));
	v->flags = flags;
	vma_tree_changed(mm->vmas);
	mm_account_locked(mm, v->flags, (s64)to_pages(end - start));
}

/*
 * One mapping's part of the change.
 * @only: there is no other
 */
static int change_piece_locked(const struct flag_change *c, struct vma_edit *e, const struct vma *v,
			       uaddr_t start, uaddr_t end, bool only)
{
	const struct mm_undo undo = {
		.kind = UNDO_FLAGS, .start = start, .end = end, .flags = v->flags};
	struct host_op op = {.fd = HOSTFD_NONE};
	u32 flags = (v->flags & ~c->clear) | c->set;
	int err = c->piece ? c->piece(c, v, start, end, &flags, &op) : 1;

	if (err < 0)
		return err;
	if (flags != v->flags && c->mm->vmas->nr + splits_of(v, start, end) > MAX_MAP_COUNT)
		return -ENOMEM;
	if (err == 0) {
		err = mm_host_last_locked(c->mm, c->v, &op, 1, c->last && only ? &undo : NULL);
		if (err && !(c->lenient && err == -ENOMEM && !(v->flags & VMA_PROT_MASK)))
			return err;
	} else if (err == 2) {
		return 0;
	}
	if (flags != v->flags)
		mm_apply_flags_locked(c->mm, e, start, end, flags);
	return 0;
}

int mm_change_flags_locked(const struct flag_change *c, struct vma_edit *e, uaddr_t start,
			   uaddr_t end)
{
	uaddr_t at = start;
	bool hole = false;
	int err = 0;

	while (at < end && !err) {
		struct vma *v = vma_find(c->mm->vmas, at);
		uaddr_t stop;

		if (!v || v->start > at) {
			hole = true;
			if (!v || v->start >= end || !c->skip_holes)
				break;
			at = v->start;
		}
		stop = min(v->end, end);
		err = change_piece_locked(c, e, v, at, stop, at == start && stop == end);
		at = stop;
	}
	vma_merge_range(c->mm->vmas, e, start, end);
	if (!err && hole)
		err = -ENOMEM;
	return err;
}

static int protect_piece(const struct flag_change *c, const struct vma *v, uaddr_t start,
			 uaddr_t end, u32 *flags, struct host_op *op)
{
	u32 prot = (u32)c->prot;
	u64 pages = to_pages(end - start);

	if (prot & VMA_READ && c->t->personality & READ_IMPLIES_EXEC && v->flags & VMA_MAYEXEC)
		prot |= VMA_EXEC;
	*flags = (v->flags & ~(u32)VMA_PROT_MASK) | prot;
	if (v->flags & VMA_SEALED)
		return -EPERM;
	if (prot & ~(v->flags >> VMA_MAY_SHIFT))
		return -EACCES;
	if (*flags == v->flags)
		return 2;
	if (!mm_may_expand_locked(c->t, c->mm, *flags, pages) &&
	    mm_may_expand_locked(c->t, c->mm, v->flags, pages) && prot & VMA_WRITE)
		return -ENOMEM;
	fastpath_vacate_locked(c->mm, c->v, start, end);
	op->nr = SYS_mprotect;
	op->args[0] = start;
	op->args[1] = end - start;
	op->args[2] = prot;
	return 0;
}

static int protect_locked(struct flag_change *c, struct vma_edit *e, uaddr_t start, uaddr_t end,
			  bool growsdown)
{
	const struct vma *v = vma_find(c->mm->vmas, start);

	if (!v || (growsdown ? v->start >= end : v->start > start))
		return -ENOMEM;
	if (growsdown) {
		if (!(v->flags & VMA_GROWSDOWN))
			return -EINVAL;
		start = v->start;
	}
	return mm_change_flags_locked(c, e, start, end);
}

int mm_mprotect(struct task *t, struct mm *mm, struct vcpu *v, uaddr_t addr, size_t len, int prot)
{
	int grows = prot & (PROT_GROWSDOWN | PROT_GROWSUP);
	struct flag_change c = {
		.t = t,
		.mm = mm,
		.v = v,
		.piece = protect_piece,
		.last = true,
	};
	struct vma_edit e;
	uaddr_t end;
	int err;

	if (grows == (PROT_GROWSDOWN | PROT_GROWSUP) || !IS_ALIGNED(addr, PAGE_SIZE))
		return -EINVAL;
	if (!len)
		return 0;
	len = ALIGN_UP(len, PAGE_SIZE);
	end = addr + len;
	if (end <= addr || !mm_range_ok(addr, len))
		return -ENOMEM;
	prot &= ~grows;
	if (prot & ~(PROT_READ | PROT_WRITE | PROT_EXEC | PROT_SEM) || grows & PROT_GROWSUP)
		return -EINVAL;
	c.prot = prot & (int)VMA_PROT_MASK;
	err = vma_edit_begin(&e, 2);
	if (err)
		return err;
	if (grows)
		mm_lock_all(mm);
	else
		mm_lock_range(mm, addr, end);
	err = protect_locked(&c, &e, addr, end, grows & PROT_GROWSDOWN);
	mutex_unlock(&mm->mmap_lock);
	vma_edit_end(&e);
	return err;
}
