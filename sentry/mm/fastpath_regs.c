/*
 * What threads and debuggers see: registers, and traps of our own making.
 *
 * Locks: mm->mmap_lock for a trap, so that whoever patches there is done first.
 */
#include <signal.h>

#include "kernel/task.h"
#include "lib/log.h"
#include "mm/fastpath_internal.h"

#define INT3 0xcc

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

static bool holds(struct mm *mm, uaddr_t at, const u8 *bytes)
{
	const u32 must = VMA_READ | VMA_EXEC;
	const struct vma *v = vma_find_range(mm->vmas, at, at + PATCH_JUMP);
	u8 now[PATCH_JUMP];

	return v && (v->flags & (must | VMA_SHARED)) == must &&
	       aspace_read(mm->aspace, now, at, PATCH_JUMP) == PATCH_JUMP &&
	       !memcmp(now, bytes, PATCH_JUMP);
}

/*
 * A copy of patched text that the program has made by its own loads has the
 * jump too, and is now at @ip, as far from the trampoline as the copy is from
 * the site.  The copy gets the bytes that it should have, and is run again.
 */
static bool repair_copy_locked(struct mm *mm, struct fastpath *fp, struct vcpu *vcpu, uaddr_t ip,
			       uaddr_t *ret)
{
	for (u32 i = 0; i < fp->nr_tramps; i++) {
		struct patch_site s = fp->tramps[i].s;
		uaddr_t at = ip - (s.tramp - s.site);

		*ret = at;
		/* Another thread may have been faster. */
		if (at == fp->repaired && holds(mm, at, s.orig))
			return true;
		if (at == s.site || !holds(mm, at, s.jump))
			continue;
		s.site = at;
		fp->repaired = at;
		return fp_put_back_locked(mm, fp, vcpu, &s) == 0;
	}
	return false;
}

/* A trap at @ip, in a copy that is being repaired: it was when the instruction was fetched. */
static bool was_repaired_locked(struct mm *mm, const struct fastpath *fp, uaddr_t ip)
{
	u8 now = INT3;

	return ip == fp->repaired && aspace_read(mm->aspace, &now, ip, 1) == 1 && now != INT3;
}

/* Where to go on after a fault at @ip; @ip itself: again. */
static bool resume_at_locked(struct mm *mm, struct fastpath *fp, struct vcpu *vcpu, int signo,
			     uaddr_t ip, uaddr_t *ret)
{
	const struct vma *v;

	if (signo == SIGSEGV) {
		v = vma_find_range(mm->vmas, ip, ip + 1);
		if (v && v->flags & VMA_EXEC)
			return false;
		if (repair_copy_locked(mm, fp, vcpu, ip, ret))
			return true;
		/* In a trampoline that stands, the instruction is the guest's, and so is its fault.
		 */
		if (fp_to_guest(fp, ip, false) != ip)
			return false;
		/* One that was taken away under the thread. */
		*ret = fp_to_guest(fp, ip, true);
		return *ret != ip;
	}
	if (signo == SIGTRAP)
		ip--;
	*ret = fp_to_tramp(fp, ip);
	return *ret != ip || was_patched_locked(mm, fp, ip) || was_repaired_locked(mm, fp, ip);
}

/* The program steps itself: it must not step into a trampoline, and from there into the stub. */
static void stepped(struct task *t, uaddr_t *addr)
{
	struct fastpath *fp = fp_get(t->mm);
	struct regs regs;

	if (!fp || fp_is_off(fp))
		return;
	fastpath_unpatch(t->mm, t->vcpu);
	*addr = fp_to_guest(fp, *addr, false);
	/* Its true place; a thread that has died has none. */
	if (!fastpath_get_regs(t->mm, t->vcpu, &regs))
		(void)!vcpu_set_regs(t->vcpu, &regs);
}

bool fastpath_fault(struct task *t, int signo, int code, uaddr_t *addr)
{
	struct fastpath *fp = fp_of(t->mm);
	struct regs regs;
	bool ours, copied;

	if (signo == SIGTRAP && code == TRAP_TRACE && fp_on()) {
		stepped(t, addr);
		return false;
	}
	if (!fp || (signo != SIGSEGV && signo != SIGILL && signo != SIGTRAP && signo != SIGFPE))
		return false;
	if (vcpu_get_regs(t->vcpu, &regs))
		return false;
	mm_lock_all(t->mm);
	ours = signo != SIGFPE && resume_at_locked(t->mm, fp, t->vcpu, signo, regs.ip, &regs.ip);
	copied = ours && regs.ip == fp->repaired;
	mutex_unlock(&t->mm->mmap_lock);
	/* Who copies code may do so again: from now on it is found as it should be. */
	if (copied && !fp_is_off(fp))
		fastpath_unpatch(t->mm, t->vcpu);
	if (ours) {
		log_debug("task %d trapped among patched bytes, goes on at %#lx", task_tid(t),
			  (unsigned long)regs.ip);
		return vcpu_set_regs(t->vcpu, &regs) == 0;
	}
	if (signo != SIGSEGV)
		*addr = fp_to_guest(fp, *addr, false);
	return false;
}

void fastpath_return(struct task *t)
{
	struct fastpath *fp = fp_of(t->mm);
	struct regs regs;
	u32 gone;

	if (likely(!fp))
		return;
	gone = __atomic_load_n(&fp->nr_gone, __ATOMIC_ACQUIRE);
	if (likely(gone == t->chunks_gone))
		return;
	t->chunks_gone = gone;
	if (vcpu_get_regs(t->vcpu, &regs))
		return;
	regs.ip = fp_to_guest(fp, regs.ip, true);
	if (vcpu_set_regs(t->vcpu, &regs))
		log_debug("task %d is gone", task_tid(t));
}

int fastpath_get_regs(struct mm *mm, struct vcpu *v, struct regs *ret)
{
	struct fastpath *fp = fp_of(mm);
	int err = vcpu_get_regs(v, ret);

	if (fp && !err) {
		ret->ip = fp_to_guest(fp, ret->ip, false);
		ret->cx = fp_to_guest(fp, ret->cx, false);
	}
	return err;
}

int fastpath_set_regs(struct mm *mm, struct vcpu *v, const struct regs *regs)
{
	struct fastpath *fp = fp_of(mm);
	struct regs r = *regs;

	if (fp)
		r.ip = fp_to_tramp(fp, r.ip);
	return vcpu_set_regs(v, &r);
}
