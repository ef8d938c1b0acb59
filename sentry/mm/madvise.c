/*
 * madvise, mincore, msync: what a program knows, asks and wants of its pages.
 *
 * Advice that acts on pages is given to the host for the whole range at once;
 * its answer for holes and unfit mappings is Linux's own.  Advice that changes
 * what a mapping is (who inherits it, how it is dumped) is kept in the tree too,
 * mapping by mapping.
 *
 * Locks: mm->mmap_lock, across the host's calls.  A hole is punched into a file
 * without it, as on Linux.
 *
 * Not done: MADV_HWPOISON and MADV_SOFT_OFFLINE, MADV_MERGEABLE (as on a kernel
 * that has neither).
 */
#include <linux/falloc.h>
#include <linux/membarrier.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "fs/file.h"
#include "kernel/task.h"
#include "mm/fastpath.h"
#include "mm/internal.h"
#include "mm/mempolicy.h"

#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25
#endif
#ifndef MADV_DONTNEED_LOCKED
#define MADV_DONTNEED_LOCKED 24
#endif
#ifndef MADV_POPULATE_READ
#define MADV_POPULATE_READ  22
#define MADV_POPULATE_WRITE 23
#endif
#ifndef MADV_GUARD_INSTALL
#define MADV_GUARD_INSTALL 102
#define MADV_GUARD_REMOVE  103
#endif

#define POLICY_SHIFT 20

enum advice_kind { ADVICE_UNKNOWN, ADVICE_PAGES, ADVICE_FLAGS, ADVICE_REMOVE };

static enum advice_kind kind_of(int advice)
{
	switch (advice) {
	case MADV_WILLNEED:
	case MADV_DONTNEED:
	case MADV_DONTNEED_LOCKED:
	case MADV_FREE:
	case MADV_COLD:
	case MADV_PAGEOUT:
	case MADV_POPULATE_READ:
	case MADV_POPULATE_WRITE:
	case MADV_COLLAPSE:
	case MADV_GUARD_INSTALL:
	case MADV_GUARD_REMOVE:
		return ADVICE_PAGES;
	case MADV_NORMAL:
	case MADV_RANDOM:
	case MADV_SEQUENTIAL:
	case MADV_DONTFORK:
	case MADV_DOFORK:
	case MADV_WIPEONFORK:
	case MADV_KEEPONFORK:
	case MADV_DONTDUMP:
	case MADV_DODUMP:
	case MADV_HUGEPAGE:
	case MADV_NOHUGEPAGE:
		return ADVICE_FLAGS;
	case MADV_REMOVE:
		return ADVICE_REMOVE;
	default:
		return ADVICE_UNKNOWN;
	}
}

bool mm_madvise_is_hint(int advice)
{
	return advice == MADV_COLD || advice == MADV_PAGEOUT || advice == MADV_WILLNEED ||
	       advice == MADV_COLLAPSE;
}

static void flags_of(int advice, u32 *set, u32 *clear)
{
	static const struct {
		int advice;
		u32 set, clear;
	} table[] = {
		{MADV_NORMAL, 0, VMA_RANDOM | VMA_SEQUENTIAL},
		{MADV_RANDOM, VMA_RANDOM, VMA_SEQUENTIAL},
		{MADV_SEQUENTIAL, VMA_SEQUENTIAL, VMA_RANDOM},
		{MADV_DONTFORK, VMA_DONTCOPY, 0},
		{MADV_DOFORK, 0, VMA_DONTCOPY},
		{MADV_WIPEONFORK, VMA_WIPEONFORK, 0},
		{MADV_KEEPONFORK, 0, VMA_WIPEONFORK},
		{MADV_DONTDUMP, VMA_DONTDUMP, 0},
		{MADV_DODUMP, 0, VMA_DONTDUMP},
		{MADV_HUGEPAGE, VMA_HUGEPAGE, VMA_NOHUGEPAGE},
		{MADV_NOHUGEPAGE, VMA_NOHUGEPAGE, VMA_HUGEPAGE},
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		if (table[i].advice == advice) {
			*set = table[i].set;
			*clear = table[i].clear;
		}
	}
}

static int advise_piece(const struct flag_change *c, const struct vma *v, uaddr_t start,
			uaddr_t end, u32 *flags, struct host_op *op)
{
	(void)flags;
	if (c->advice == MADV_WIPEONFORK && (v->file || v->flags & VMA_SHARED))
		return -EINVAL;
	if (v->flags & VMA_SPECIAL)
		return c->advice == MADV_DOFORK || c->advice == MADV_DODUMP ? -EINVAL : 1;
	if (c->advice == MADV_DONTDUMP || c->advice == MADV_DODUMP)
		return 1;
	op->nr = SYS_madvise;
	op->args[0] = start;
	op->args[1] = end - start;
	op->args[2] = (u64)c->advice;
	return 0;
}

/* One mapping's part of MADV_REMOVE: which file loses what. */
struct hole {
	struct file *file; /* counted; NULL: shared anonymous memory, the host's */
	u64 off, len;
	uaddr_t at;
};

static int next_hole_locked(struct mm *mm, uaddr_t start, uaddr_t end, struct hole *ret)
{
	const struct vma *v = vma_find_range(mm->vmas, start, end);

	if (!v)
		return -ENOMEM;
	if (v->flags & VMA_LOCKED || !(v->flags & VMA_SHARED))
		return -EINVAL;
	if (!(v->flags & VMA_WRITE))
		return -EACCES;
	ret->at = max(start, v->start);
	ret->len = min(end, v->end) - ret->at;
	ret->off = v->off + (ret->at - v->start);
	ret->file = v->file ? file_get_mapping(v->file) : NULL;
	return 0;
}

static int punch(struct mm *mm, struct vcpu *v, const struct hole *h)
{
	int err;

	if (h->file)
		return vfs_fallocate(h->file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
				     (off_t)h->off, (off_t)h->len, UINT64_MAX, NULL);
	mm_lock_range(mm, h->at, h->at + h->len);
	err = (int)mm_host1(v, SYS_madvise, h->at, h->len, MADV_REMOVE, 0);
	mutex_unlock(&mm->mmap_lock);
	return err;
}

static int remove_range(struct mm *mm, struct vcpu *v, uaddr_t start, uaddr_t end)
{
	bool gap = false;
	int err = 0;

	while (start < end && !err) {
		struct hole h = {0};

		mutex_lock(&mm->mmap_lock);
		err = next_hole_locked(mm, start, end, &h);
		mutex_unlock(&mm->mmap_lock);
		if (err)
			break;
		gap |= h.at > start;
		err = punch(mm, v, &h);
		if (h.file)
			file_put(h.file);
		start = h.at + h.len;
	}
	return !err && gap ? -ENOMEM : err;
}

/* Advice that throws pages away may not do to sealed memory what the program itself cannot. */
static bool is_refused_locked(const struct mm *mm, uaddr_t start, uaddr_t end, int advice)
{
	const struct vma *v;

	if (advice != MADV_DONTNEED && advice != MADV_DONTNEED_LOCKED && advice != MADV_FREE &&
	    advice != MADV_GUARD_INSTALL && advice != MADV_DONTFORK && advice != MADV_WIPEONFORK)
		return false;
	for (v = vma_find(mm->vmas, start); v && v->start < end; v = vma_next(mm->vmas, v)) {
		if (v->flags & VMA_SEALED && !v->file && !(v->flags & VMA_WRITE))
			return true;
	}
	return false;
}

static int change_flags(struct flag_change *c, uaddr_t start, uaddr_t end)
{
	struct vma_edit e;
	int err = vma_edit_begin(&e, 2);

	if (err)
		return err;
	mm_lock_range(c->mm, start, end);
	if (is_refused_locked(c->mm, start, end, c->advice))
		err = -EPERM;
	else
		err = mm_change_flags_locked(c, &e, start, end);
	mutex_unlock(&c->mm->mmap_lock);
	vma_edit_end(&e);
	return err;
}

int mm_madvise(struct task *t, struct mm *mm, struct vcpu *v, uaddr_t addr, size_t len, int advice)
{
	enum advice_kind kind = kind_of(advice);
	struct flag_change c = {
		.t = t,
		.mm = mm,
		.v = v,
		.skip_holes = true,
		.piece = advise_piece,
		.advice = advice,
	};
	size_t size = ALIGN_UP(len, PAGE_SIZE);
	int err;

	if (kind == ADVICE_UNKNOWN || !IS_ALIGNED(addr, PAGE_SIZE) || (len && !size) ||
	    addr + size < addr)
		return -EINVAL;
	if (!size)
		return 0;
	if (!mm_range_ok(addr, size))
		return -ENOMEM;
	if (kind == ADVICE_REMOVE)
		return remove_range(mm, v, addr, addr + size);
	if (kind == ADVICE_FLAGS) {
		flags_of(advice, &c.set, &c.clear);
		return change_flags(&c, addr, addr + size);
	}
	mm_lock_range(mm, addr, addr + size);
	if (is_refused_locked(mm, addr, addr + size, advice)) {
		err = -EPERM;
	} else {
		fastpath_vacate_locked(mm, v, addr, addr + size);
		err = (int)mm_host1(v, SYS_madvise, addr, size, (u64)advice, 0);
		fastpath_discarded_locked(mm, v, addr, addr + size);
	}
	mutex_unlock(&mm->mmap_lock);
	return err;
}

int mm_msync(struct mm *mm, struct vcpu *v, uaddr_t addr, size_t len, int flags)
{
	size_t size = ALIGN_UP(len, PAGE_SIZE);
	int err;

	if (flags & ~(MS_ASYNC | MS_INVALIDATE | MS_SYNC) || !IS_ALIGNED(addr, PAGE_SIZE) ||
	    (flags & MS_ASYNC && flags & MS_SYNC))
		return -EINVAL;
	if (addr + size < addr || (len && !size))
		return -ENOMEM;
	if (!size)
		return 0;
	if (!mm_range_ok(addr, size))
		return -ENOMEM;
	mm_lock_range(mm, addr, addr + size);
	err = (int)mm_host1(v, SYS_msync, addr, size, (u64)flags, 0);
	/* What the host knows there the guest does not: a hole, when all else is done. */
	if (!err && fastpath_first_locked(mm, addr, addr + size))
		err = -ENOMEM;
	mutex_unlock(&mm->mmap_lock);
	return err;
}

int mm_mincore(struct mm *mm, struct vcpu *v, uaddr_t addr, size_t len, uaddr_t vec)
{
	u64 pages = to_pages(len) + !IS_ALIGNED(len, PAGE_SIZE);
	int err;

	if (!IS_ALIGNED(addr, PAGE_SIZE))
		return -EINVAL;
	if (!mm_range_ok(addr, len))
		return -ENOMEM;
	if (!mm_range_ok(vec, pages))
		return -EFAULT;
	mm_lock_range(mm, addr, addr + len);
	if (fastpath_first_locked(mm, addr, addr + len))
		err = -ENOMEM;
	else
		err = (int)mm_host1(v, SYS_mincore, addr, len, vec, 0);
	mutex_unlock(&mm->mmap_lock);
	return err;
}

int mm_page_resident(struct mm *mm, struct vcpu *v, uaddr_t addr, bool *ret)
{
	u64 pages = 0;
	int err;

	mutex_lock(&mm->mmap_lock);
	err = vcpu_resident(v, ALIGN_DOWN(addr, PAGE_SIZE), PAGE_SIZE, &pages);
	mutex_unlock(&mm->mmap_lock);
	*ret = pages;
	return err;
}

/* What @cmd is only for who has registered for it; 0: for all. */
static u32 barrier_needs(int cmd)
{
	switch (cmd) {
	case MEMBARRIER_CMD_PRIVATE_EXPEDITED:
		return MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED;
	case MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE:
		return MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE;
	default:
		return 0;
	}
}

long mm_membarrier(struct mm *mm, struct vcpu *v, int cmd)
{
	const u32 registers = MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED |
			      MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE;
	u32 needs = barrier_needs(cmd);
	long ret;

	if (needs && !(__atomic_load_n(&mm->barriers, __ATOMIC_RELAXED) & needs))
		return -EPERM;
	ret = mm_host1(v, SYS_membarrier, (u64)cmd, 0, 0, 0);
	if (!ret)
		__atomic_fetch_or(&mm->barriers, (u32)cmd & registers, __ATOMIC_RELAXED);
	return ret;
}

int mm_set_policy(struct task *t, struct mm *mm, uaddr_t addr, size_t len,
		  const struct mempolicy *p)
{
	struct flag_change c = {
		.t = t,
		.mm = mm,
		.set = (u32)p->mode << POLICY_SHIFT & VMA_POLICY,
		.clear = VMA_POLICY,
	};
	int err;

	if (!mm_range_ok(addr, len))
		return -EFAULT;
	err = change_flags(&c, addr, addr + len);
	return err == -ENOMEM ? -EFAULT : err;
}

int mm_get_policy(struct mm *mm, uaddr_t addr, struct mempolicy *ret)
{
	const struct vma *v;
	bool found;

	mutex_lock(&mm->mmap_lock);
	v = vma_find_range(mm->vmas, addr, addr + 1);
	found = v;
	*ret = (struct mempolicy){.mode = v ? (u8)((v->flags & VMA_POLICY) >> POLICY_SHIFT) : 0};
	mutex_unlock(&mm->mmap_lock);
	return found ? 0 : -EFAULT;
}

int mm_seal(struct task *t, struct mm *mm, uaddr_t addr, size_t len)
{
	struct flag_change c = {.t = t, .mm = mm, .set = VMA_SEALED, .advice = MADV_NORMAL};
	const struct vma *v;
	struct vma_edit e;
	uaddr_t at = addr, end = addr + len;
	int err;

	if (!mm_range_ok(addr, len))
		return -ENOMEM;
	err = vma_edit_begin(&e, 2);
	if (err)
		return err;
	mm_lock_range(mm, addr, end);
	/* All or nothing: a hole is found before anything is sealed. */
	for (v = vma_find(mm->vmas, addr); v && v->start <= at && at < end;
	     v = vma_next(mm->vmas, v))
		at = v->end;
	err = at < end ? -ENOMEM : mm_change_flags_locked(&c, &e, addr, end);
	mutex_unlock(&mm->mmap_lock);
	vma_edit_end(&e);
	return err;
}
