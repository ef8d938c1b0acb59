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

#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>

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

static bool fast_on = true;

void fastpath_enable(bool on)
{
	fast_on = on;
}

static struct fastpath *fast_of(struct mm *mm)
{
	return __atomic_load_n(&mm->fast, __ATOMIC_ACQUIRE);
}

/* The record of @mm; made when it is first needed. */
static struct fastpath *fast_get(struct mm *mm)
{
	struct fastpath *fp = fast_of(mm), *none = NULL;

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

static bool is_alone(const struct mm *mm)
{
	return __atomic_load_n(&mm->nr_users, __ATOMIC_RELAXED) == 1;
}

static bool may_patch(const struct vma *v)
{
	const u32 must = VMA_READ | VMA_EXEC, mustnt = VMA_WRITE | VMA_SHARED | VMA_SPECIAL;

	return v && (v->flags & (must | mustnt)) == must;
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

/* Does the site take bytes that another's trampoline does instead of it? */
static bool overlaps(const struct fastpath *fp, const struct patch_plan *p)
{
	uaddr_t end = p->site + max((u8)PATCH_JUMP, p->cover);

	for (u32 i = 0; i < fp->nr_tramps; i++) {
		const struct patch_site *s = &fp->tramps[i].s;
		uaddr_t stop = s->site + max((u8)PATCH_JUMP, s->map[s->nr_map - 1].orig);

		if (fp->tramps[i].live && ranges_meet(s->site, stop, p->site, end))
			return true;
	}
	return false;
}

static bool is_room_locked(const struct mm *mm, const struct fastpath *fp, uaddr_t base)
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
		if (ranges_meet(base, base + PATCH_CHUNK, fp->chunks[i].c.base,
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
		if (!is_room_locked(mm, fp, base))
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

	if (fp->off || !may_patch(vma) || !look_at(mm, vma, call, &l))
		return "its text is not to be patched";
	why = patch_decode(&l.code, call, nr, &p);
	if (why)
		return why;
	if (overlaps(fp, &p))
		return "too near another";
	tr = fp_add_tramp_locked(fp);
	if (!tr || !find_place_locked(mm, fp, &p, &c, &tramp, &new_chunk) ||
	    !patch_emit(&p, tramp, c->c.base, bytes, &s))
		return "no room near it";
	if (fp_store_new(v, fp, &s, bytes, new_chunk ? c->c.base : 0, is_alone(mm), l.prot))
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

/* Calls that always take the slow way: the thread itself has to be stopped there. */
static bool is_never_fast(u64 nr)
{
	switch (nr) {
	case SYS_clone:
	case SYS_clone3:
	case SYS_fork:
	case SYS_vfork:
	case SYS_execve:
	case SYS_execveat:
	case SYS_exit:
	case SYS_exit_group:
	case SYS_rt_sigreturn:
		return true;
	default:
		return false;
	}
}

void fastpath_trapped_slow(struct task *t, uaddr_t ip, u64 nr)
{
	uaddr_t call = ip - PATCH_SYSCALL;
	struct mm *mm = t->mm;
	struct fastpath *fp;
	const char *why;

	if (!fast_on || !platform_info()->fast_entry || is_never_fast(nr))
		return;
	fp = fast_get(mm);
	if (!fp || !fp_count(fp, call))
		return;
	mutex_lock(&mm->mmap_lock);
	why = patch_locked(mm, fp, t->vcpu, call, nr);
	mutex_unlock(&mm->mmap_lock);
	log_debug("site %#lx of call %lu: %s", (unsigned long)call, (unsigned long)nr,
		  why ? why : "patched");
	if (!why)
		move_off(fp, t->vcpu);
}

static int prot_of(const struct mm *mm, uaddr_t addr)
{
	const struct vma *v = vma_find_range(mm->vmas, addr, addr + 1);

	return v ? (int)(v->flags & VMA_PROT_MASK) : PROT_READ | PROT_EXEC;
}

static void put_back_locked(struct mm *mm, struct fastpath *fp, struct vcpu *v, struct fp_tramp *tr)
{
	if (fp_store_old(v, fp, &tr->s, is_alone(mm), prot_of(mm, tr->s.site)))
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
}

void fastpath_vacate_locked(struct mm *mm, struct vcpu *v, uaddr_t start, uaddr_t end)
{
	struct fastpath *fp = fast_of(mm);

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
	struct fastpath *fp = fast_get(mm);

	if (!fp)
		return;
	mutex_lock(&mm->mmap_lock);
	spin_lock(&fp->lock);
	fp->off = true;
	spin_unlock(&fp->lock);
	for (u32 k = 0; k < fp->nr_tramps; k++)
		if (fp->tramps[k].live)
			put_back_locked(mm, fp, v, &fp->tramps[k]);
	mutex_unlock(&mm->mmap_lock);
}

/* A trap at @ip, in a site that is no longer patched: it was when the instruction was fetched. */
static bool was_patched_locked(struct mm *mm, struct fastpath *fp, uaddr_t ip)
{
	for (u32 i = 0; i < fp->nr_tramps; i++) {
		struct fp_tramp *tr = &fp->tramps[i];
		u8 now[PATCH_JUMP];
		uaddr_t to;

		if (ip != tr->s.site && !patch_to_tramp(&tr->s, ip, &to))
			continue;
		if (aspace_read(mm->aspace, now, tr->s.site, PATCH_JUMP) != PATCH_JUMP ||
		    memcmp(now, tr->live ? tr->s.jump : tr->s.orig, PATCH_JUMP))
			continue;
		/* A breakpoint that the guest had there itself would trap for ever. */
		return ++tr->retries < FP_RETRIES;
	}
	return false;
}

/* Where to go on after a fault at @ip; @ip itself: again. */
static bool resume_at_locked(struct mm *mm, struct fastpath *fp, int signo, uaddr_t ip,
			     uaddr_t *ret)
{
	if (signo == SIGSEGV) {
		/* A trampoline that was taken away under the thread. */
		*ret = fp_to_guest(fp, ip, true);
		return *ret != ip && !vma_find_range(mm->vmas, ip, ip + 1);
	}
	if (signo == SIGTRAP)
		ip--;
	*ret = fp_to_tramp(fp, ip);
	return *ret != ip || was_patched_locked(mm, fp, ip);
}

bool fastpath_fault(struct task *t, int signo, uaddr_t *addr)
{
	struct fastpath *fp = fast_of(t->mm);
	struct regs regs;
	bool ours;

	if (!fp || (signo != SIGSEGV && signo != SIGILL && signo != SIGTRAP && signo != SIGFPE))
		return false;
	if (vcpu_get_regs(t->vcpu, &regs))
		return false;
	mutex_lock(&t->mm->mmap_lock);
	ours = signo != SIGFPE && resume_at_locked(t->mm, fp, signo, regs.ip, &regs.ip);
	mutex_unlock(&t->mm->mmap_lock);
	if (ours)
		return vcpu_set_regs(t->vcpu, &regs) == 0;
	if (signo != SIGSEGV)
		*addr = fp_to_guest(fp, *addr, false);
	return false;
}

int fastpath_get_regs(struct mm *mm, struct vcpu *v, struct regs *ret)
{
	struct fastpath *fp = fast_of(mm);
	int err = vcpu_get_regs(v, ret);

	if (fp && !err) {
		ret->ip = fp_to_guest(fp, ret->ip, false);
		ret->cx = fp_to_guest(fp, ret->cx, false);
	}
	return err;
}

int fastpath_set_regs(struct mm *mm, struct vcpu *v, const struct regs *regs)
{
	struct fastpath *fp = fast_of(mm);
	struct regs r = *regs;

	if (fp)
		r.ip = fp_to_tramp(fp, r.ip);
	return vcpu_set_regs(v, &r);
}
