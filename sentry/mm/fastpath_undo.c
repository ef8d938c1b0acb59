/*
 * Putting sites back: before what they stand in changes, and for good.
 *
 * A trampoline is never freed alone, since a thread may be in it: its chunk goes when
 * the guest wants that very place, and who is caught in it then faults and is
 * moved on (fastpath_fault()); who waits in a call is when that returns
 * (fastpath_return()).
 *
 * Locks: mm->mmap_lock, across the host calls.
 */
#include <sys/mman.h>
#include <sys/syscall.h>

#include "lib/log.h"
#include "mm/fastpath_internal.h"

static int prot_of(const struct mm *mm, uaddr_t addr)
{
	const struct vma *v = vma_find_range(mm->vmas, addr, addr + 1);

	return v ? (int)(v->flags & VMA_PROT_MASK) : PROT_READ | PROT_EXEC;
}

int fp_put_back_locked(struct mm *mm, struct fastpath *fp, struct vcpu *v,
		       const struct patch_site *s)
{
	return fp_store_old(v, fp, s, fp_is_alone(mm), prot_of(mm, s->site));
}

static void put_back_locked(struct mm *mm, struct fastpath *fp, struct vcpu *v, struct fp_tramp *tr)
{
	if (fp_put_back_locked(mm, fp, v, &tr->s))
		log_debug("site %#lx cannot be put back", (unsigned long)tr->s.site);
	spin_lock(&fp->lock);
	tr->live = false;
	spin_unlock(&fp->lock);
	fp_set_state(fp, tr->call, FP_COUNTED);
}

static void drop_chunk_locked(struct mm *mm, struct fastpath *fp, struct vcpu *v, u32 i)
{
	struct fp_chunk *c = &fp->chunks[i];

	for (u32 k = 0; k < fp->nr_tramps; k++)
		if (fp->tramps[k].live && fp->tramps[k].chunk == i)
			put_back_locked(mm, fp, v, &fp->tramps[k]);
	if (mm_host1(v, SYS_munmap, c->c.base, PATCH_CHUNK, 0, 0) < 0)
		log_debug("chunk %#lx cannot be unmapped", (unsigned long)c->c.base);
	spin_lock(&fp->lock);
	c->gone = true;
	spin_unlock(&fp->lock);
	__atomic_add_fetch(&fp->nr_gone, 1, __ATOMIC_RELEASE);
}

uaddr_t fastpath_first_locked(const struct mm *mm, uaddr_t start, uaddr_t end)
{
	const struct fastpath *fp = fp_of(mm);

	for (u32 i = 0; fp && i < fp->nr_chunks; i++) {
		const struct fp_chunk *c = &fp->chunks[i];

		if (!c->gone && ranges_meet(c->c.base, c->c.base + PATCH_CHUNK, start, end))
			return c->c.base;
	}
	return 0;
}

void fastpath_vacate_locked(struct mm *mm, struct vcpu *v, uaddr_t start, uaddr_t end)
{
	struct fastpath *fp = fp_of(mm);

	for (u32 i = 0; fp && i < fp->nr_chunks; i++) {
		struct fp_chunk *c = &fp->chunks[i];

		if (!c->gone && ranges_meet(c->c.base, c->c.base + PATCH_CHUNK, start, end))
			drop_chunk_locked(mm, fp, v, i);
		if (!ranges_meet(c->lo, c->hi, start, end))
			continue;
		for (u32 k = 0; k < fp->nr_tramps; k++) {
			struct fp_tramp *tr = &fp->tramps[k];

			if (tr->live && tr->chunk == i &&
			    ranges_meet(tr->s.site, tr->s.site + PATCH_JUMP, start, end))
				put_back_locked(mm, fp, v, tr);
		}
	}
}

void fastpath_unpatch(struct mm *mm, struct vcpu *v)
{
	struct fastpath *fp = fp_get(mm);

	if (!fp)
		return;
	mm_lock_all(mm);
	spin_lock(&fp->lock);
	fp->off = true;
	spin_unlock(&fp->lock);
	for (u32 k = 0; k < fp->nr_tramps; k++)
		if (fp->tramps[k].live)
			put_back_locked(mm, fp, v, &fp->tramps[k]);
	mutex_unlock(&mm->mmap_lock);
}

void fastpath_discarded_locked(struct mm *mm, struct vcpu *v, uaddr_t start, uaddr_t end)
{
	struct fastpath *fp = fp_of(mm);

	for (u32 k = 0; fp && k < fp->nr_tramps; k++) {
		struct fp_tramp *tr = &fp->tramps[k];

		if (!tr->live && fp->chunks[tr->chunk].image &&
		    ranges_meet(tr->s.site, tr->s.site + PATCH_JUMP, start, end))
			put_back_locked(mm, fp, v, tr);
	}
}
