/*
 * When sites are patched and put back (fastpath.h).
 *
 * A site that trapped FASTPATH_TRAPS times is looked at once: it is patched then,
 * or refused for good.  What is put back may be counted and patched again, with
 * a new trampoline; the old one stays, since a thread may be in it.
 *
 * Patched is private text that nobody can write; what writes or moves it comes
 * past fastpath_vacate_locked() first.
 *
 * Locks: mm->mmap_lock across each change and its host calls.
 */
#include "mm/fastpath.h"

#include <sys/mman.h>
#include <sys/syscall.h>

#include "fs/file.h"
#include "kernel/task.h"
#include "lib/log.h"
#include "mm/fastpath_internal.h"

/* Room kept free between a chunk and the guest's mappings, and above the heap. */
#define CHUNK_GAP   (1ul << 20)
#define HEAP_GROWTH (256ul << 20)

/* What a site's neighbours may be looked at for. */
struct look {
	u8 bytes[PATCH_BEFORE + PATCH_AFTER];
	struct patch_code code;
	int prot;
};

static bool fast_on = true; /* set once, before any guest */

void fastpath_enable(bool on)
{
	fast_on = on;
	fp_cache_init();
}

bool fp_on(void)
{
	return fast_on && platform_info()->fast_entry;
}

struct fastpath *fp_get(struct mm *mm)
{
	struct fastpath *fp = fp_of(mm), *none = NULL;

	if (fp)
		return fp;
	fp = fp_create();
	if (fp && !__atomic_compare_exchange_n(&mm->fast, &none, fp, false, __ATOMIC_ACQ_REL,
					       __ATOMIC_ACQUIRE)) {
		fastpath_free(fp);
		fp = none;
	}
	return fp;
}

/* Read what stands around @call; @vma is what it stands in. */
static bool look_at(struct mm *mm, const struct vma *vma, uaddr_t call, struct look *l)
{
	uaddr_t from = max(vma->start, call - min(call, (uaddr_t)PATCH_BEFORE));
	uaddr_t to = min(vma->end, call + PATCH_AFTER);

	l->code = (struct patch_code){.addr = from, .len = to - from, .bytes = l->bytes};
	l->prot = (int)(vma->flags & VMA_PROT_MASK);
	if (aspace_read(mm->aspace, l->bytes, from, to - from) != (ssize_t)(to - from))
		return false;
	fastpath_hide_slow(mm->fast, l->bytes, from, to - from);
	return true;
}

bool fp_is_room_locked(const struct mm *mm, const struct fastpath *fp, uaddr_t base)
{
	uaddr_t from = base - CHUNK_GAP, to = base + PATCH_CHUNK + CHUNK_GAP;
	const struct vma *next;

	if (base < MMAP_MIN_ADDR || !mm_range_ok(base, PATCH_CHUNK))
		return false;
	/* Low down, below a program that is not relocatable, there is not that much. */
	if (from < MMAP_MIN_ADDR || base < 4 * CHUNK_GAP)
		from = base, to = base + PATCH_CHUNK;
	next = vma_find(mm->vmas, from);
	if (next && vma_start_gap(next) < to)
		return false;
	if (base + PATCH_CHUNK > mm->start_brk && base < mm->brk + HEAP_GROWTH)
		return false;
	for (u32 i = 0; i < fp->nr_chunks; i++)
		if (!fp->chunks[i].gone &&
		    ranges_meet(base, base + PATCH_CHUNK, fp->chunks[i].c.base,
				fp->chunks[i].c.base + PATCH_CHUNK))
			return false;
	return true;
}

/* Where a trampoline for @p goes: a chunk that is there, or *@ret_new. */
static bool find_place_locked(const struct mm *mm, struct fastpath *fp, const struct patch_plan *p,
			      struct fp_chunk **ret, uaddr_t *ret_tramp, bool *ret_new)
{
	uaddr_t base;

	*ret_new = false;
	for (u32 i = 0; i < fp->nr_chunks; i++) {
		*ret = &fp->chunks[i];
		if (!(*ret)->gone && patch_chunk_take(&(*ret)->c, p, ret_tramp))
			return true;
	}
	if (fp->nr_chunks == FP_CHUNKS_MAX)
		return false;
	*ret = fp_add_chunk_locked(fp);
	*ret_new = true;
	for (unsigned k = 0; *ret && patch_target(p, k, &base); k++) {
		if (!fp_is_room_locked(mm, fp, base))
			continue;
		patch_chunk_init(&(*ret)->c, base);
		if (patch_chunk_take(&(*ret)->c, p, ret_tramp))
			return true;
	}
	return false;
}

static void commit_locked(struct fastpath *fp, struct fp_tramp *tr, const struct patch_site *s,
			  uaddr_t call, struct fp_chunk *c, bool new_chunk)
{
	spin_lock(&fp->lock);
	*tr = (struct fp_tramp){
		.s = *s,
		.call = call,
		.chunk = (u16)(c - fp->chunks),
		.live = true,
	};
	c->lo = new_chunk ? s->site : min(c->lo, s->site);
	c->hi = new_chunk ? s->site + PATCH_JUMP : max(c->hi, s->site + PATCH_JUMP);
	c->gone = false;
	fp_widen_box(fp, s->site);
	fp->nr_tramps++;
	if (new_chunk)
		fp->nr_chunks++;
	spin_unlock(&fp->lock);
	fp_set_state(fp, call, FP_PATCHED);
}

/* NULL, or why the site stays as it is. */
static const char *patch_locked(struct mm *mm, struct fastpath *fp, struct vcpu *v, uaddr_t call,
				u64 nr)
{
	const struct vma *vma = vma_find_range(mm->vmas, call, call + PATCH_SYSCALL);
	u8 bytes[PATCH_TRAMP_MAX] = {0};
	struct fp_tramp *tr;
	struct fp_chunk *c;
	struct patch_plan p;
	struct patch_site s;
	const char *why;
	bool new_chunk;
	struct look l;
	uaddr_t tramp;

	if (fp->off || !fp_may_patch(vma) || !look_at(mm, vma, call, &l))
		return "its text is not to be patched";
	why = patch_decode(&l.code, call, nr, &p);
	if (why)
		return why;
	if (fp_overlaps(fp->tramps, fp->nr_tramps, &p))
		return "too near another";
	tr = fp_add_tramp_locked(fp);
	if (!tr || !find_place_locked(mm, fp, &p, &c, &tramp, &new_chunk) ||
	    !patch_emit(&p, tramp, c->c.base, bytes, &s))
		return "no room near it";
	if (fp_store_new(v, fp, &s, bytes, new_chunk ? c->c.base : 0, fp_is_alone(mm), l.prot))
		return "the host refuses";
	commit_locked(fp, tr, &s, call, c, new_chunk);
	return NULL;
}

/* The patching thread itself may stand among bytes that are a jump now. */
static void move_off(struct fastpath *fp, struct vcpu *v)
{
	struct regs regs;
	uaddr_t ip;

	if (vcpu_get_regs(v, &regs))
		return;
	ip = fp_to_tramp(fp, regs.ip);
	if (ip == regs.ip)
		return;
	regs.ip = ip;
	/* A thread that has died has no registers to set. */
	(void)!vcpu_set_regs(v, &regs);
}

/* FNV-1a of the bytes around @call, and where they are; false: they cannot be patched. */
static bool describe(struct mm *mm, const struct vma *v, uaddr_t call, struct fp_place *ret)
{
	struct look l;
	u64 hash = 0xcbf29ce484222325;

	if (!fp_may_patch(v) || !look_at(mm, v, call, &l))
		return false;
	for (size_t i = 0; i < l.code.len; i++)
		hash = (hash ^ l.bytes[i]) * 0x100000001b3;
	ret->call = call;
	ret->hash = hash;
	return true;
}

/* Other processes may come by there too. */
static void note(struct mm *mm, struct fastpath *fp, uaddr_t call, u64 nr)
{
	struct fp_place p = {.nr = (u32)nr};
	const struct vma *v;

	mutex_lock(&mm->mmap_lock);
	v = vma_find_range(mm->vmas, call, call + PATCH_SYSCALL);
	if (fp_may_patch(v) && v->file && v->file->inode)
		fp_cache_note(v->file->inode, v->off + (call - v->start), (u32)nr);
	if (fp->kin && describe(mm, v, call, &p))
		fp_kin_note(fp->kin, &p);
	mutex_unlock(&mm->mmap_lock);
}

static void patch(struct task *t, struct fastpath *fp, uaddr_t call, u64 nr)
{
	struct mm *mm = t->mm;
	const char *why;

	/* A chunk may stand where something is given up. */
	mm_lock_all(mm);
	why = patch_locked(mm, fp, t->vcpu, call, nr);
	mutex_unlock(&mm->mmap_lock);
	log_debug("site %#lx of call %lu: %s", (unsigned long)call, (unsigned long)nr,
		  why ? why : "patched");
	if (!why)
		move_off(fp, t->vcpu);
}

void fastpath_learn_locked(struct mm *mm, struct vcpu *v)
{
	struct fastpath *fp = fp_of(mm);
	struct fp_place p, now;
	bool patched = false;
	u32 at = 0, news;

	if (!fp || !fp->kin || fp_is_off(fp))
		return;
	news = fp_kin_news(fp->kin);
	if (news == fp->kin_seen)
		return;
	fp->kin_seen = news;
	while (fp_kin_next(fp->kin, &at, &p)) {
		const struct vma *vma = vma_find_range(mm->vmas, p.call, p.call + PATCH_SYSCALL);

		if (describe(mm, vma, p.call, &now) && now.hash == p.hash && fp_claim(fp, p.call))
			patched |= !patch_locked(mm, fp, v, p.call, p.nr);
	}
	if (patched)
		move_off(fp, v);
}

void fastpath_trapped_slow(struct task *t, uaddr_t ip, u64 nr)
{
	uaddr_t call = ip - PATCH_SYSCALL;
	struct fastpath *fp;

	if (!fp_on())
		return;
	fp = fp_get(t->mm);
	if (!fp)
		return;
	switch (fp_count(fp, call)) {
	case FP_NOTHING:
		break;
	case FP_NOTE:
		note(t->mm, fp, call, nr);
		break;
	case FP_PATCH:
		patch(t, fp, call, nr);
		break;
	}
}
