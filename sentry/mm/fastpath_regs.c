/*
 * What threads and debuggers see: registers, and traps of our own making.
 *
 * Locks: mm->mmap_lock for a trap, so that whoever patches there is done first.
 */
#include <signal.h>

#include "kernel/task.h"
#include "lib/log.h"
#include "mm/fastpath_internal.h"

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
	const struct vma *v;

	if (signo == SIGSEGV) {
		/* In a trampoline that stands, the instruction is the guest's, and so is its fault.
		 */
		if (fp_to_guest(fp, ip, false) != ip)
			return false;
		/* One that was taken away under the thread. */
		*ret = fp_to_guest(fp, ip, true);
		v = vma_find_range(mm->vmas, ip, ip + 1);
		return *ret != ip && (!v || !(v->flags & VMA_EXEC));
	}
	if (signo == SIGTRAP)
		ip--;
	*ret = fp_to_tramp(fp, ip);
	return *ret != ip || was_patched_locked(mm, fp, ip);
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
	bool ours;

	if (signo == SIGTRAP && code == TRAP_TRACE && fp_on()) {
		stepped(t, addr);
		return false;
	}
	if (!fp || (signo != SIGSEGV && signo != SIGILL && signo != SIGTRAP && signo != SIGFPE))
		return false;
	if (vcpu_get_regs(t->vcpu, &regs))
		return false;
	mutex_lock(&t->mm->mmap_lock);
	ours = signo != SIGFPE && resume_at_locked(t->mm, fp, signo, regs.ip, &regs.ip);
	mutex_unlock(&t->mm->mmap_lock);
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
