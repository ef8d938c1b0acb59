/*
 * mremap: mappings that grow, shrink and move.
 *
 * As everywhere the place is chosen here.  What has to go first (the target of
 * MREMAP_FIXED, a tail that is cut off) goes in steps of its own, each carried
 * into the tree, so that a refusal in the middle leaves the truth.
 *
 * Locks: mm->mmap_lock, across the host's calls.
 *
 * Differs: one call moves one mapping; Linux since 6.17 moves several.
 */
#include <sys/mman.h>
#include <sys/syscall.h>

#include "fs/file.h"
#include "kernel/task.h"
#include "mm/fastpath.h"
#include "mm/internal.h"

struct remap {
	struct task *t;
	struct mm *mm;
	struct vcpu *v;
	struct vma_edit edit;
	uaddr_t addr, new_addr;
	u64 old_len, new_len;
	int flags;
};

static int remap_args(struct remap *r)
{
	bool moves = r->flags & MREMAP_MAYMOVE;

	if (r->flags & ~(MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP))
		return -EINVAL;
	if (r->flags & (MREMAP_FIXED | MREMAP_DONTUNMAP) && !moves)
		return -EINVAL;
	if (r->flags & MREMAP_DONTUNMAP && r->old_len != r->new_len)
		return -EINVAL;
	if (!IS_ALIGNED(r->addr, PAGE_SIZE))
		return -EINVAL;
	r->old_len = ALIGN_UP(r->old_len, PAGE_SIZE);
	r->new_len = ALIGN_UP(r->new_len, PAGE_SIZE);
	if (!r->new_len)
		return -EINVAL;
	if (!mm_range_ok(r->addr, r->old_len))
		return mm_range_ok(r->addr, 1) ? -EINVAL : -EFAULT;
	if (!(r->flags & MREMAP_FIXED))
		return mm_range_ok(0, r->new_len) ? 0 : -ENOMEM;
	if (!IS_ALIGNED(r->new_addr, PAGE_SIZE) || !mm_range_ok(r->new_addr, r->new_len))
		return -EINVAL;
	if (r->addr + r->old_len > r->new_addr && r->new_addr + r->new_len > r->addr)
		return -EINVAL;
	return r->new_addr < MMAP_MIN_ADDR ? -EPERM : 0;
}

/* May @vma be taken as a whole from addr and become new_len long? */
static int check_source_locked(const struct remap *r, const struct vma *vma)
{
	u64 more = r->new_len > r->old_len ? to_pages(r->new_len - r->old_len) : 0;

	if (vma->flags & VMA_SEALED)
		return -EPERM;
	if (r->old_len == 0 && !(vma->flags & VMA_SHARED))
		return -EINVAL;
	if (vma->flags & VMA_SPECIAL)
		return r->flags & MREMAP_DONTUNMAP ? -EINVAL : -EFAULT;
	if (r->old_len > vma->end - r->addr)
		return -EFAULT;
	if (vma_has_off(vma) && vma->off + (r->addr - vma->start) + r->new_len < r->new_len)
		return -EINVAL;
	if (r->flags & MREMAP_DONTUNMAP)
		more = to_pages(r->new_len);
	if (!more)
		return 0;
	if (vma->flags & VMA_LOCKED && !mm_mlock_fits_locked(r->t, r->mm, more))
		return -EAGAIN;
	return mm_may_expand_locked(r->t, r->mm, vma->flags, more) ? 0 : -ENOMEM;
}

static int unmap_locked(struct remap *r, uaddr_t start, u64 len)
{
	int err;

	if (!vma_find_range(r->mm->vmas, start, start + len))
		return 0;
	if (mm_is_sealed_locked(r->mm, start, start + len))
		return -EPERM;
	fastpath_vacate_locked(r->mm, r->v, start, start + len);
	err = (int)mm_host1(r->v, SYS_munmap, start, len, 0, 0);
	if (!err)
		mm_clear_range_locked(r->mm, &r->edit, start, start + len);
	return err;
}

/* True: *@ret_err is what growing in place came to. */
static bool grow_in_place_locked(struct remap *r, struct vma *vma, int *ret_err)
{
	const struct vma *next = vma_next(r->mm->vmas, vma);
	uaddr_t end = r->addr + r->new_len;
	u64 pages = to_pages(r->new_len - r->old_len);
	long ret;

	if (r->old_len != vma->end - r->addr || !mm_range_ok(r->addr, r->new_len) ||
	    (next && vma_start_gap(next) < end))
		return false;
	fastpath_vacate_locked(r->mm, r->v, r->addr + r->old_len, end);
	ret = mm_host1(r->v, SYS_mremap, r->addr, r->old_len, r->new_len, 0);
	*ret_err = ret < 0 ? (int)ret : 0;
	if (ret >= 0) {
		vma_resize(r->mm->vmas, vma, vma->start, end);
		mm_account_locked(r->mm, vma->flags, (s64)pages);
		vma_merge_range(r->mm->vmas, &r->edit, vma->start, vma->end);
	}
	return true;
}

/* The mapping has moved: @to becomes a copy of @from's place, which goes or stays empty. */
static void commit_move_locked(struct remap *r, const struct vma *from)
{
	struct mm *mm = r->mm;
	struct vma *to = vma_take_spare(&r->edit);
	uaddr_t start = r->addr, end = r->addr + r->old_len;

	vma_copy_attrs(to, from);
	to->start = r->new_addr;
	to->end = r->new_addr + r->new_len;
	if (vma_has_off(from))
		to->off += r->addr - from->start;
	if (r->flags & MREMAP_DONTUNMAP) {
		/* What stays behind has no pages, and is not locked. */
		if (from->flags & VMA_LOCKED) {
			struct vma *rest;

			vma_split_at(mm->vmas, &r->edit, start);
			vma_split_at(mm->vmas, &r->edit, end);
			rest = vma_find(mm->vmas, start);
			mm->locked_vm -= to_pages(end - start);
			rest->flags &= ~(u32)(VMA_LOCKED | VMA_LOCKONFAULT);
		}
	} else if (start != end) {
		mm_clear_range_locked(mm, &r->edit, start, end);
	}
	mm_account_locked(mm, to->flags, (s64)to_pages(r->new_len));
	vma_insert(mm->vmas, to);
	vma_merge_range(mm->vmas, &r->edit, to->start, to->end);
}

static int move_locked(struct remap *r, const struct vma *vma)
{
	struct host_op op = {.nr = SYS_mremap, .fd = HOSTFD_NONE};
	int err;

	if (r->mm->vmas->nr + 3 >= MAX_MAP_COUNT)
		return -ENOMEM;
	if (!(r->flags & MREMAP_FIXED)) {
		/* With DONTUNMAP alone the new address is a hint. */
		uaddr_t hint = r->flags & MREMAP_DONTUNMAP ? r->new_addr : 0;

		err = mm_find_room_locked(r->mm, hint, r->new_len, vma->file ? 0 : MAP_ANONYMOUS,
					  &r->new_addr);
		if (err)
			return err;
	}
	fastpath_vacate_locked(r->mm, r->v, r->addr, r->addr + r->old_len);
	fastpath_vacate_locked(r->mm, r->v, r->new_addr, r->new_addr + r->new_len);
	op.args[0] = r->addr;
	op.args[1] = r->old_len;
	op.args[2] = r->new_len;
	op.args[3] = MREMAP_MAYMOVE | MREMAP_FIXED | ((u64)r->flags & MREMAP_DONTUNMAP);
	op.args[4] = r->new_addr;
	err = vcpu_host_ops(r->v, &op, 1);
	if (!err)
		commit_move_locked(r, vma);
	return err;
}

static int remap_locked(struct remap *r)
{
	struct vma *vma = vma_find_range(r->mm->vmas, r->addr, r->addr + 1);
	int err = 0;

	if (!vma)
		return -EFAULT;
	if (!(r->flags & (MREMAP_FIXED | MREMAP_DONTUNMAP)) && r->old_len >= r->new_len) {
		r->new_addr = r->addr;
		if (r->old_len == r->new_len)
			return 0;
		return unmap_locked(r, r->addr + r->new_len, r->old_len - r->new_len);
	}
	if (r->flags & MREMAP_FIXED) {
		err = unmap_locked(r, r->new_addr, r->new_len);
		if (!err && r->old_len > r->new_len) {
			err = unmap_locked(r, r->addr + r->new_len, r->old_len - r->new_len);
			r->old_len = r->new_len;
		}
		/* It may have been cut. */
		vma = vma_find_range(r->mm->vmas, r->addr, r->addr + 1);
		if (!err && !vma)
			err = -EFAULT;
	}
	if (!err)
		err = check_source_locked(r, vma);
	if (err)
		return err;
	if (!(r->flags & (MREMAP_FIXED | MREMAP_DONTUNMAP)) && grow_in_place_locked(r, vma, &err)) {
		r->new_addr = r->addr;
		return err;
	}
	return r->flags & MREMAP_MAYMOVE ? move_locked(r, vma) : -ENOMEM;
}

int mm_mremap(struct task *t, struct mm *mm, struct vcpu *v, uaddr_t addr, u64 old_len, u64 new_len,
	      int flags, uaddr_t new_addr, uaddr_t *ret)
{
	struct remap r = {
		.t = t,
		.mm = mm,
		.v = v,
		.addr = addr,
		.old_len = old_len,
		.new_len = new_len,
		.flags = flags,
		.new_addr = new_addr,
	};
	int err = remap_args(&r);

	if (err)
		return err;
	err = vma_edit_begin(&r.edit, 4);
	if (err)
		return err;
	mm_lock_all(mm);
	err = remap_locked(&r);
	mutex_unlock(&mm->mmap_lock);
	vma_edit_end(&r.edit);
	if (!err)
		*ret = r.new_addr;
	return err;
}
