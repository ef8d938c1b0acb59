/*
 * The host's signal frame in a channel: registers and vector state of a vcpu
 * that is parked in the stub.
 *
 * The host kernel wrote it when it entered the stub and reads it back in
 * rt_sigreturn.  In between it is the sentry's to change, and any thread of the
 * guest can scribble on it: fields are read once, and what the host checks in
 * rt_sigreturn (flags, segments, vector state) is left to it.
 */
#include <signal.h>
#include <sys/auxv.h>

#include "lib/log.h"
#include "platform/notify/frame.h"
#include "platform/notify/notify.h"
#include "platform/notify/x86_64/sigframe.h"
#include "platform/notify/x86_64/xstate.h"

/* siginfo.si_code of a call that a filter trapped */
#ifndef SYS_SECCOMP
#define SYS_SECCOMP 1
#endif

#define USER_CS         0x33
#define USER32_CS       0x23
#define USER_SS         0x2b

#define FLAG_ZERO       0x40
#define UNKNOWN_BASE    UINT64_MAX /* no segment base is that */

#define R(field)        (&vcpu_frame(v)->field)
#define GET(field)      __atomic_load_n(R(field), __ATOMIC_RELAXED)
#define PUT(field, val) __atomic_store_n(R(field), val, __ATOMIC_RELAXED)

/* What does not come from the guest: whatever it wrote there, this is right. */
static void put_fixed(struct vcpu *v)
{
	PUT(ss_sp, channel_addr(&v->ch, CHAN_ALTSTACK));
	PUT(ss_flags, 0);
	PUT(ss_size, ALTSTACK_SIZE);
	PUT(sigmask, 0);
	PUT(fpstate, channel_addr(&v->ch, notify.fpu_off));
}

int frame_fits(const char **ret_why)
{
	static char why[160];
	unsigned long need = getauxval(AT_MINSIGSTKSZ);

	/* 0: the host does not say; then frame_learn() sees what it does. */
	if (need <= ALTSTACK_SIZE)
		return 0;
	snprintf(why, sizeof(why),
		 "a signal frame of this processor, with all its vector state, takes %lu bytes of "
		 "stack, and the guests' channels have %d",
		 need, ALTSTACK_SIZE);
	*ret_why = why;
	return -EOPNOTSUPP;
}

int frame_learn(struct vcpu *v, const char **ret_why)
{
	u64 base = channel_addr(&v->ch, 0);
	u64 frame = v->stop.sp - base;

	*ret_why = "the host lays signal frames in an unknown way";
	if (frame < CHAN_ALTSTACK || frame > CHAN_SIZE - sizeof(struct sigframe))
		return -EINVAL;
	notify.frame_off = frame;
	if (GET(info.signo) != KICK_SIGNAL || GET(ss_sp) != base + CHAN_ALTSTACK)
		return -EINVAL;
	notify.fpu_off = GET(fpstate) - base;
	if (notify.fpu_off < frame + sizeof(struct sigframe))
		return -EINVAL;
	notify.uc_flags = GET(uc_flags);
	return xstate_learn(v, ret_why);
}

void frame_complete(struct vcpu *v)
{
	PUT(uc_flags, notify.uc_flags);
	PUT(uc_link, 0);
	PUT(cs, USER_CS);
	PUT(ss, USER_SS);
	PUT(ax, (u64)v->result);
	PUT(info.signo, 0);
	put_fixed(v);
	v->unmasked = true;
}

static struct sigframe *frame_at(struct vcpu *v, uaddr_t addr)
{
	u64 off = addr - channel_addr(&v->ch, 0);

	if (off < CHAN_ALTSTACK || off > CHAN_SIZE - sizeof(struct sigframe) || !IS_ALIGNED(off, 8))
		return NULL;
	return (void *)(v->ch.mem + off);
}

bool frame_redirect_call(struct vcpu *v, uaddr_t addr, uaddr_t ip)
{
	struct sigframe *f = frame_at(v, addr);

	if (!f)
		return false;
	__atomic_store_n(&f->ip, ip, __ATOMIC_RELAXED);
	__atomic_store_n(&f->r11, channel_addr(&v->ch, 0), __ATOMIC_RELAXED);
	return true;
}

bool frame_redirect_full(struct vcpu *v, uaddr_t addr)
{
	chan_write32(&v->ch, CHAN_NR_ORDERS, 0);
	return frame_redirect_call(v, addr, notify.stub.kicked);
}

bool frame_redirect_moved(struct vcpu *v, uaddr_t addr, uaddr_t ip)
{
	struct sigframe *f = frame_at(v, addr);

	if (!f)
		return false;
	if (ip == notify.stub.moved &&
	    !(__atomic_load_n(&f->flags, __ATOMIC_RELAXED) & FLAG_ZERO)) {
		(void)frame_redirect_call(v, addr, notify.stub.post_bare);
		return false;
	}
	if (ip < notify.stub.moved_on)
		v->result = (long)__atomic_load_n(&f->r9, __ATOMIC_RELAXED);
	else
		v->result = (long)chan_read64(&v->ch, CHAN_RESULT);
	/* Those of an answer before. */
	chan_write32(&v->ch, CHAN_OUTS, 0);
	chan_write32(&v->ch, CHAN_NR_ORDERS, 0);
	return frame_redirect_call(v, addr, notify.stub.full);
}

bool frame_redirect_fault(struct vcpu *v, uaddr_t addr, uaddr_t ip)
{
	const struct stub_table *t = &notify.stub;

	/* Whether or not somebody still waits for it. */
	if (ip >= t->bulk && ip < t->bulk_end)
		return frame_redirect_call(v, addr, t->bulk_ended);
	if (v->pos != POS_RUNNING)
		return false;
	/* The pieces that are whole are counted: the call goes on with those. */
	if (ip >= t->marshal && ip < t->marshal_end)
		return frame_redirect_call(v, addr, t->post);
	if (ip >= t->local && ip < t->local_end)
		return frame_redirect_call(v, addr, t->post_bare);
	if (ip < t->outs || ip >= t->outs_end)
		return false;
	v->result = -EFAULT;
	chan_write64(&v->ch, CHAN_RESULT, (u64)v->result);
	return frame_redirect_call(v, addr, v->redirected ? t->full : t->return_args);
}

bool frame_redirect_done(struct vcpu *v, uaddr_t addr)
{
	struct sigframe *f = frame_at(v, addr);

	if (!f)
		return false;
	__atomic_store_n(&f->ip, notify.stub.done, __ATOMIC_RELAXED);
	__atomic_store_n(&f->bx, channel_addr(&v->ch, 0), __ATOMIC_RELAXED);
	__atomic_store_n(&f->sp, channel_addr(&v->ch, notify.frame_off), __ATOMIC_RELAXED);
	__atomic_store_n(&f->r15, 0, __ATOMIC_RELAXED);
	return true;
}

void frame_announce(struct vcpu *v)
{
	chan_write32(&v->ch, CHAN_FRAME, (u32)notify.frame_off);
	chan_write32(&v->ch, CHAN_FPU, (u32)notify.fpu_off);
	chan_write64(&v->ch, CHAN_XMASK, notify.info.xfeatures);
}

/*
 * %gs of a guest that has not set it is its channel, by which the stub finds it.
 * What the guest is told, and tells, is 0.
 */
static u64 gs_to_guest(struct vcpu *v, u64 base)
{
	return notify.fast && base == channel_addr(&v->ch, 0) ? 0 : base;
}

static u64 gs_from_guest(struct vcpu *v, u64 base)
{
	return notify.fast && base == 0 ? channel_addr(&v->ch, 0) : base;
}

void frame_clear(struct vcpu *v)
{
	memset(R(r8), 0, offsetof(struct sigframe, cs) - offsetof(struct sigframe, r8));
	PUT(flags, 0x202);
	PUT(cs, USER_CS);
	PUT(ss, USER_SS);
	put_fixed(v);
}

void frame_clone(struct vcpu *to, struct vcpu *from)
{
	size_t off = notify.frame_off;
	u64 gs_base;

	memcpy(to->ch.mem + off, from->ch.mem + off, CHAN_SIZE - off);
	chan_write64(&to->ch, CHAN_FS_BASE, chan_read64(&from->ch, CHAN_FS_BASE));
	chan_write64(&to->ch, CHAN_GS_BASE, chan_read64(&from->ch, CHAN_GS_BASE));
	put_fixed(to);
	to->unmasked = from->unmasked;
	to->fs_dirty = from->fs_dirty;
	to->fs_base = from->fs_base;
	gs_base = from->gs_dirty ? from->gs_base : chan_read64(&from->ch, CHAN_GS_BASE);
	to->gs_base = gs_from_guest(to, gs_to_guest(from, gs_base));
	to->gs_dirty = from->gs_dirty || to->gs_base != gs_base;
}

void frame_lend(struct vcpu *to, struct vcpu *from)
{
	bool unmasked = to->unmasked;

	frame_clone(to, from);
	to->unmasked = unmasked;
	/* What the host thread has in its segment bases is of its life before. */
	to->fs_base = from->fs_dirty ? from->fs_base : chan_read64(&from->ch, CHAN_FS_BASE);
	to->fs_dirty = true;
	to->gs_dirty = true;
	chan_write64(&to->ch, CHAN_FS_BASE, UNKNOWN_BASE);
	chan_write64(&to->ch, CHAN_GS_BASE, UNKNOWN_BASE);
}

static bool is_fault(u32 signo)
{
	return signo == SIGSEGV || signo == SIGBUS || signo == SIGFPE || signo == SIGILL ||
	       signo == SIGTRAP || signo == SIGSYS;
}

bool frame_event(struct vcpu *v, struct vcpu_event *ev)
{
	u32 signo = GET(info.signo);
	int code = GET(info.code);

	if (v->stop.sp != channel_addr(&v->ch, notify.frame_off))
		signo = 0;
	if (signo == KICK_SIGNAL) {
		vcpu_kick_arrived(v);
		ev->kind = VCPU_KICKED;
		return __atomic_load_n(&v->kicked, __ATOMIC_ACQUIRE);
	}
	if (notify.traps && signo == SIGSYS && code == SYS_SECCOMP) {
		frame_call(v, ev);
		return true;
	}
	ev->kind = VCPU_FAULT;
	if (is_fault(signo)) {
		ev->fault.signo = (int)signo;
		ev->fault.code = code;
		ev->fault.addr = GET(info.addr);
		ev->fault.trapno = GET(trapno);
		ev->fault.error = GET(err);
		/* Sent by somebody on the host, not by the guest's own instruction. */
		return code > 0;
	}
	/* The guest called the stub's park by itself. */
	ev->fault.signo = SIGSEGV;
	ev->fault.code = SEGV_ACCERR;
	ev->fault.addr = v->stop.ip;
	ev->fault.trapno = 0;
	ev->fault.error = 0;
	return true;
}

void frame_set_result(struct vcpu *v, long ret)
{
	PUT(ax, (u64)ret);
}

int notify_vcpu_get_regs(struct vcpu *v, struct regs *ret)
{
	int err = stub_enter(v);

	if (err)
		return err;
	*ret = (struct regs){
		.r15 = GET(r15),
		.r14 = GET(r14),
		.r13 = GET(r13),
		.r12 = GET(r12),
		.bp = GET(bp),
		.bx = GET(bx),
		.r11 = GET(r11),
		.r10 = GET(r10),
		.r9 = GET(r9),
		.r8 = GET(r8),
		.ax = GET(ax),
		.cx = GET(cx),
		.dx = GET(dx),
		.si = GET(si),
		.di = GET(di),
		.orig_ax = v->orig_ax,
		.ip = GET(ip),
		.cs = GET(cs),
		.flags = GET(flags),
		.sp = GET(sp),
		.ss = GET(ss),
		.fs_base = v->fs_dirty ? v->fs_base : chan_read64(&v->ch, CHAN_FS_BASE),
		.gs_base = gs_to_guest(v, v->gs_dirty ? v->gs_base
						      : chan_read64(&v->ch, CHAN_GS_BASE)),
		.fs = GET(fs),
		.gs = GET(gs),
	};
	return 0;
}

int notify_vcpu_set_regs(struct vcpu *v, const struct regs *regs)
{
	u64 gs_base = gs_from_guest(v, regs->gs_base);
	bool fs_dirty, gs_dirty;
	int err;

	err = stub_enter(v);
	if (err)
		return err;
	/* A guest may have any base by an instruction; by a call, none of the kernel's half. */
	fs_dirty = regs->fs_base != chan_read64(&v->ch, CHAN_FS_BASE);
	gs_dirty = gs_base != chan_read64(&v->ch, CHAN_GS_BASE);
	if ((fs_dirty && regs->fs_base >= STUB_USER_END) ||
	    (gs_dirty && regs->gs_base >= STUB_USER_END))
		return -EINVAL;
	put_fixed(v);
	PUT(r15, regs->r15);
	PUT(r14, regs->r14);
	PUT(r13, regs->r13);
	PUT(r12, regs->r12);
	PUT(bp, regs->bp);
	PUT(bx, regs->bx);
	PUT(r11, regs->r11);
	PUT(r10, regs->r10);
	PUT(r9, regs->r9);
	PUT(r8, regs->r8);
	PUT(ax, regs->ax);
	PUT(cx, regs->cx);
	PUT(dx, regs->dx);
	PUT(si, regs->si);
	PUT(di, regs->di);
	PUT(ip, regs->ip);
	PUT(flags, regs->flags);
	PUT(sp, regs->sp);
	PUT(cs, regs->cs == USER32_CS ? USER32_CS : USER_CS);
	PUT(ss, USER_SS);
	v->orig_ax = regs->orig_ax;
	v->fs_dirty = fs_dirty;
	v->gs_dirty = gs_dirty;
	v->fs_base = regs->fs_base;
	v->gs_base = gs_base;
	return 0;
}
