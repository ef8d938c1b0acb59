/*
 * Signal frames of x86-64: what a handler finds on its stack, and the way back.
 *
 * From low to high addresses, exactly as Linux lays it out: return address (the
 * restorer), ucontext, siginfo, then at the next multiple of 64 the vector state
 * as XSAVE writes it with Linux's software words in it.  It is built in one
 * piece and written with one copy.
 *
 * The way back trusts nothing: of the flags only those a program may set by
 * itself are taken, the code segment must be the 64-bit one, and vector state
 * goes through the platform's check.
 *
 * Differs: a frame that asks for another code segment (32-bit code) is refused,
 * since 32-bit calls are, and the stack segment is always the flat one.
 */
#include "kernel/signal_internal.h"
#include "lib/alloc.h"
#include "lib/log.h"
#include "mm/fastpath.h"
#include "mm/uaccess.h"
#include "platform/platform.h"

#define USER_CS  0x33
#define USER_SS  0x2b

#define FLAGS_CF 0x1u
#define FLAGS_TF 0x100u
#define FLAGS_DF 0x400u
#define FLAGS_RF 0x10000u
/* AC OF DF TF SF ZF AF PF CF RF: Linux's FIX_EFLAGS. */
#define FLAGS_OF_USER 0x50dd5u

#define RED_ZONE      128

/* Jumping beyond it faults in the kernel, on the way out: refused before. */
#define USER_CANONICAL_END   ((1ull << 47) - PAGE_SIZE)

#define UC_FP_XSTATE         0x1
#define UC_SIGCONTEXT_SS     0x2
#define UC_STRICT_RESTORE_SS 0x4

#define FXSAVE_SIZE          512
#define XSAVE_HEADER_SIZE    64
#define XSTATE_MIN_SIZE      (FXSAVE_SIZE + XSAVE_HEADER_SIZE)
#define XSTATE_FP_SSE        0x3ull
#define XSTATE_MAGIC1        0x46505853u
#define XSTATE_MAGIC2        0x46505845u
#define XSTATE_ALIGN         64

/* The words Linux keeps in bytes 464 to 511 of the FXSAVE area. */
struct fx_sw_bytes {
	u32 magic1;
	u32 extended_size; /* vector state and the second magic */
	u64 xfeatures;
	u32 xstate_size;
	u32 padding[7];
};
#define FX_SW_OFFSET 464
_Static_assert(sizeof(struct fx_sw_bytes) == FXSAVE_SIZE - FX_SW_OFFSET, "fx_sw_bytes");

struct sigcontext64 {
	u64 r8, r9, r10, r11, r12, r13, r14, r15;
	u64 di, si, bp, bx, dx, ax, cx, sp, ip, flags;
	u16 cs, gs, fs, ss;
	u64 err, trapno, oldmask, cr2;
	u64 fpstate;
	u64 reserved[8];
};
_Static_assert(sizeof(struct sigcontext64) == 256, "sigcontext");

struct ucontext64 {
	u64 uc_flags;
	u64 uc_link;
	stack_t stack;
	struct sigcontext64 mc;
	sigset64_t sigmask;
};
_Static_assert(sizeof(struct ucontext64) == 304, "ucontext");

struct rt_sigframe {
	u64 restorer;
	struct ucontext64 uc;
	siginfo_t info;
};
_Static_assert(sizeof(struct rt_sigframe) == 440, "rt_sigframe");

static void save_regs(struct sigcontext64 *mc, const struct task *t, const struct regs *r)
{
	*mc = (struct sigcontext64){
		.r8 = r->r8,
		.r9 = r->r9,
		.r10 = r->r10,
		.r11 = r->r11,
		.r12 = r->r12,
		.r13 = r->r13,
		.r14 = r->r14,
		.r15 = r->r15,
		.di = r->di,
		.si = r->si,
		.bp = r->bp,
		.bx = r->bx,
		.dx = r->dx,
		.ax = r->ax,
		.cx = r->cx,
		.sp = r->sp,
		.ip = r->ip,
		.flags = r->flags,
		.cs = (u16)r->cs,
		.ss = (u16)r->ss,
		.err = t->trap_error,
		.trapno = t->trap_no,
		.cr2 = t->trap_addr,
	};
}

static void load_regs(struct regs *r, const struct sigcontext64 *mc)
{
	r->r8 = mc->r8, r->r9 = mc->r9, r->r10 = mc->r10, r->r11 = mc->r11;
	r->r12 = mc->r12, r->r13 = mc->r13, r->r14 = mc->r14, r->r15 = mc->r15;
	r->di = mc->di, r->si = mc->si, r->bp = mc->bp, r->bx = mc->bx;
	r->dx = mc->dx, r->ax = mc->ax, r->cx = mc->cx, r->sp = mc->sp;
	r->ip = mc->ip;
	r->flags = (r->flags & ~(u64)FLAGS_OF_USER) | (mc->flags & FLAGS_OF_USER);
	r->cs = USER_CS;
	r->ss = USER_SS;
	r->orig_ax = NO_CALL;
}

/* Where the handler's stack begins: below the red zone, or at the top of the alternate stack. */
static uaddr_t frame_top(const struct task *t, const struct regs *regs, u64 sa_flags)
{
	if ((sa_flags & SA_ONSTACK) && t->altstack.ss_size && !sigaltstack_is_on(t, regs->sp))
		return (uaddr_t)(uintptr_t)t->altstack.ss_sp + t->altstack.ss_size;
	return regs->sp - RED_ZONE;
}

/* A frame may not run out of the alternate stack at its low end. */
static bool leaves_altstack(const struct task *t, const struct regs *regs, u64 sa_flags, uaddr_t sp)
{
	uaddr_t base = (uaddr_t)(uintptr_t)t->altstack.ss_sp;
	bool nested = sigaltstack_is_on(t, regs->sp);
	bool entering = (sa_flags & SA_ONSTACK) && t->altstack.ss_size && !nested;

	if (!t->altstack.ss_size || (!nested && !entering))
		return false;
	return !(sp > base && sp - base <= t->altstack.ss_size);
}

static void fill_frame(struct rt_sigframe *f, struct task *t, const struct regs *regs,
		       const struct linux_sigaction *sa, const siginfo_t *info, sigset64_t old_mask)
{
	f->restorer = sa->restorer;
	f->uc.uc_flags = UC_FP_XSTATE | UC_SIGCONTEXT_SS | UC_STRICT_RESTORE_SS;
	f->uc.stack = t->altstack;
	save_regs(&f->uc.mc, t, regs);
	f->uc.mc.oldmask = old_mask;
	f->uc.sigmask = old_mask;
	if (sa->flags & SA_SIGINFO)
		f->info = *info;
}

int sigframe_setup(struct task *t, const struct regs *regs, const struct linux_sigaction *sa,
		   const siginfo_t *info, sigset64_t old_mask)
{
	const size_t xsize = platform_info()->xstate_size;
	cleanup_free u8 *buf = NULL;
	struct rt_sigframe *f;
	struct regs r = *regs;
	uaddr_t fp, sp;
	int err;

	if (!(sa->flags & SA_RESTORER_FLAG))
		return -EFAULT;
	fp = ALIGN_DOWN(frame_top(t, regs, sa->flags) - xsize, XSTATE_ALIGN);
	sp = ALIGN_DOWN(fp - sizeof(*f), 16) - 8;
	if (leaves_altstack(t, regs, sa->flags, sp))
		return -EFAULT;

	buf = kzalloc(fp - sp + xsize);
	if (!buf)
		return -EFAULT;
	f = (struct rt_sigframe *)(void *)buf;
	fill_frame(f, t, regs, sa, info, old_mask);
	f->uc.mc.fpstate = fp;
	/* Linux's software words and second magic are the platform's to write. */
	err = vcpu_get_xstate(t->vcpu, buf + (fp - sp), xsize);
	if (err)
		return err;
	if (copy_to_user(t, sp, buf, fp - sp + xsize))
		return -EFAULT;

	if ((u32)t->altstack.ss_flags & ALTSTACK_AUTODISARM)
		t->altstack = (stack_t){.ss_flags = SS_DISABLE};
	r.di = (u64)info->si_signo;
	r.si = sp + offsetof(struct rt_sigframe, info);
	r.dx = sp + offsetof(struct rt_sigframe, uc);
	r.ax = 0;
	r.ip = sa->handler;
	r.sp = sp;
	r.cs = USER_CS;
	r.ss = USER_SS;
	r.flags &= ~(u64)(FLAGS_DF | FLAGS_RF | FLAGS_TF);
	r.orig_ax = NO_CALL;
	err = vcpu_reset_xstate(t->vcpu);
	return err ? err : fastpath_set_regs(t->mm, t->vcpu, &r);
}

/*
 * The frame as rt_sigreturn finds it, taken with one copy: ucontext, siginfo and,
 * where Linux puts it, the vector state.  A guest that put that elsewhere costs more.
 */
struct frame_copy {
	struct task *t;
	uaddr_t at;
	u8 *buf;
	size_t size;
};

static int frame_copy_take(struct frame_copy *fc, struct task *t, uaddr_t at)
{
	const size_t max = sizeof(struct rt_sigframe) + XSTATE_ALIGN + platform_info()->xstate_size;
	ssize_t n;

	*fc = (struct frame_copy){.t = t, .at = at, .buf = kzalloc(max)};
	if (!fc->buf)
		return -EFAULT;
	n = mm_read(t->mm, fc->buf, at, max);
	fc->size = n < 0 ? 0 : (size_t)n;
	return 0;
}

static int frame_copy_read(const struct frame_copy *fc, void *dst, uaddr_t from, size_t size)
{
	uaddr_t off = from - fc->at;

	if (off > fc->size || fc->size - off < size)
		return copy_from_user(fc->t, dst, from, size);
	memcpy(dst, fc->buf + off, size);
	return 0;
}

/* How much of the guest's vector state at @fp is there: the whole, or the legacy 512 bytes. */
static int probe_xstate(const struct frame_copy *fc, uaddr_t fp, size_t max, size_t *ret_size,
			u64 *ret_features)
{
	struct fx_sw_bytes sw;
	u32 magic2;

	*ret_size = FXSAVE_SIZE;
	*ret_features = XSTATE_FP_SSE;
	if (frame_copy_read(fc, &sw, fp + FX_SW_OFFSET, sizeof(sw)))
		return -EFAULT;
	if (sw.magic1 != XSTATE_MAGIC1 || sw.xstate_size < XSTATE_MIN_SIZE ||
	    sw.xstate_size > max || sw.xstate_size > sw.extended_size)
		return 0;
	if (frame_copy_read(fc, &magic2, fp + sw.xstate_size, sizeof(magic2)))
		return -EFAULT;
	if (magic2 != XSTATE_MAGIC2)
		return 0;
	*ret_size = sw.xstate_size;
	*ret_features = sw.xfeatures & platform_info()->xfeatures;
	return 0;
}

/* Put what the guest has at @fp over @buf, which holds a sound state of @max bytes. */
static int overlay_xstate(const struct frame_copy *fc, u8 *buf, size_t max, uaddr_t fp)
{
	u64 features, present = XSTATE_FP_SSE;
	size_t size;
	int err = probe_xstate(fc, fp, max - sizeof(u32), &size, &features);

	if (err)
		return err;
	if (frame_copy_read(fc, buf, fp, FX_SW_OFFSET))
		return -EFAULT;
	if (max <= FXSAVE_SIZE)
		return 0;
	memset(buf + FXSAVE_SIZE, 0, max - FXSAVE_SIZE - sizeof(u32));
	if (size > FXSAVE_SIZE) {
		if (frame_copy_read(fc, buf + FXSAVE_SIZE, fp + FXSAVE_SIZE, size - FXSAVE_SIZE))
			return -EFAULT;
		memcpy(&present, buf + FXSAVE_SIZE, sizeof(present));
	}
	/* Components that were not saved, or not asked for, go to their initial state. */
	present &= features;
	memcpy(buf + FXSAVE_SIZE, &present, sizeof(present));
	return 0;
}

static int restore_xstate(const struct frame_copy *fc, uaddr_t fp)
{
	const size_t max = platform_info()->xstate_size;
	struct vcpu *v = fc->t->vcpu;
	cleanup_free u8 *buf = NULL;
	int err;

	if (!fp)
		return vcpu_reset_xstate(v);
	buf = kzalloc(max);
	if (!buf)
		return -EFAULT;
	/* For the marks around the state; the state itself is the guest's. */
	err = vcpu_get_xstate(v, buf, max);
	if (!err)
		err = overlay_xstate(fc, buf, max, fp);
	if (!err)
		err = vcpu_set_xstate(v, buf, max);
	return err == -EINVAL ? -EFAULT : err;
}

static int restore_from(struct task *t, const struct frame_copy *fc, struct regs *regs)
{
	struct ucontext64 uc;
	int err;

	if (frame_copy_read(fc, &uc, fc->at, sizeof(uc)))
		return -EFAULT;
	if ((uc.mc.cs | 3) != USER_CS || uc.mc.ip >= USER_CANONICAL_END)
		return -EFAULT;
	signal_set_blocked(t, uc.sigmask);
	load_regs(regs, &uc.mc);
	err = restore_xstate(fc, uc.mc.fpstate);
	if (err)
		return err;
	/* As on Linux, an alternate stack that is refused is not an error. */
	if (sigaltstack_set(t, &uc.stack, regs->sp))
		log_debug("task %d: signal frame with a bad stack", task_tid(t));
	return fastpath_set_regs(t->mm, t->vcpu, regs);
}

int sigframe_restore(struct task *t)
{
	struct frame_copy fc;
	struct regs regs;
	int err = fastpath_get_regs(t->mm, t->vcpu, &regs);

	if (err)
		return err;
	/* The handler's return has popped the restorer's address: uc comes next. */
	err = frame_copy_take(&fc, t, regs.sp);
	if (!err)
		err = restore_from(t, &fc, &regs);
	kfree(fc.buf);
	return err;
}
