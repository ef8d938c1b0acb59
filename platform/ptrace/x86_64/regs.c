/*
 * Registers of a stopped thread (struct regs is the host's own): fetched by the
 * dispatcher when it stops, stored when it is let go.  In between they are plain
 * memory, so nothing here costs a host call but those two.
 */
#include <sys/ptrace.h>

#include "platform/ptrace/ptrace.h"

#define USER_CS     0x33
#define USER32_CS   0x23
#define USER_SS     0x2b
#define USER_FLAGS  0x202

#define ARCH_X86_64 0xc000003eu /* AUDIT_ARCH_X86_64 */

/*
 * Was the call one of the 64-bit kind?  The instruction leaves its traces in rcx
 * and r11; only where they are not there is the host asked.
 */
static bool call_is_compat(struct vcpu *v)
{
	const struct regs *r = &v->regs;
	struct __ptrace_syscall_info info;

	if (r->cs == USER_CS && r->cx == r->ip && r->r11 == r->flags)
		return false;
	return host_ptrace(PTRACE_GET_SYSCALL_INFO, v->tid, sizeof(info), &info) <= 0 ||
	       info.arch != ARCH_X86_64;
}

int pt_regs_fetch(struct vcpu *v, bool call)
{
	if (host_ptrace(PTRACE_GETREGS, v->tid, 0, &v->regs) < 0)
		return -ESRCH;
	v->compat = call && call_is_compat(v);
	/* A stub visit changes registers that the guest gets back only if they are stored. */
	v->regs_dirty = false;
	return 0;
}

int pt_regs_store(struct vcpu *v, const struct regs *regs)
{
	struct regs r = *regs;
	long err;

	/* Not in a call: the host may restart nothing. */
	r.orig_ax = UINT64_MAX;
	err = host_ptrace(PTRACE_SETREGS, v->tid, 0, &r);
	if (err != -EIO)
		return (int)err;
	/*
	 * A base in the kernel's half, which a guest may have set by an instruction, and
	 * may keep: all registers before it were stored.  gs stands behind fs.
	 */
	if (r.fs_base < STUB_USER_END && r.gs_base < STUB_USER_END)
		return -EIO;
	err = host_ptrace(PTRACE_POKEUSER, v->tid, offsetof(struct regs, gs_base),
			  (void *)(uintptr_t)r.gs_base);
	return err == -EIO ? 0 : (int)err;
}

void pt_regs_clear(struct vcpu *v)
{
	v->regs = (struct regs){
		.orig_ax = UINT64_MAX,
		.flags = USER_FLAGS,
		.cs = USER_CS,
		.ss = USER_SS,
	};
	v->regs_dirty = true;
}

int pt_vcpu_get_regs(struct vcpu *v, struct regs *ret)
{
	if (pt_vcpu_is_gone(v))
		return -ESRCH;
	*ret = v->regs;
	ret->orig_ax = v->orig_ax;
	return 0;
}

int pt_vcpu_set_regs(struct vcpu *v, const struct regs *regs)
{
	struct regs *r = &v->regs;
	u64 ds = r->ds, es = r->es, fs = r->fs, gs = r->gs;

	if (pt_vcpu_is_gone(v))
		return -ESRCH;
	/* A guest may have any base by an instruction; by a call, none of the kernel's half. */
	if ((regs->fs_base != r->fs_base && regs->fs_base >= STUB_USER_END) ||
	    (regs->gs_base != r->gs_base && regs->gs_base >= STUB_USER_END))
		return -EINVAL;
	*r = *regs;
	r->cs = regs->cs == USER32_CS ? USER32_CS : USER_CS;
	r->ss = USER_SS;
	r->ds = ds;
	r->es = es;
	r->fs = fs;
	r->gs = gs;
	v->orig_ax = regs->orig_ax;
	v->regs_dirty = true;
	return 0;
}
