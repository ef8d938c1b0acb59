/*
 * One visit to the stub: a stopped thread makes one host call, or one exchange
 * in memory, and stops again.
 *
 * It runs there without being traced by the call, and nothing but the
 * instruction it was sent to: the guest can neither write the stub's page nor
 * change a stopped thread, so what comes back is what the host said.
 *
 * All of this is on the tracer thread, which waits for the end of the visit.
 */
#include <sys/ptrace.h>

#include "platform/ptrace/ptrace.h"

#define USER_CS    0x33
#define USER_SS    0x2b
#define USER_FLAGS 0x202 /* interrupts, and the bit that is always set */

struct regs pt_stub_regs(const struct vcpu *v, u64 offset)
{
	struct regs r = v->regs;

	r.ip = STUB_BASE + offset;
	r.cs = USER_CS;
	r.ss = USER_SS;
	r.flags = USER_FLAGS;
	return r;
}

/* A kick, or a signal from somebody on the host: not what it was sent for. */
static bool is_idle(struct vcpu *v, int status)
{
	siginfo_t info;

	if (PT_EVENT(status))
		return PT_EVENT(status) == PTRACE_EVENT_STOP;
	return host_ptrace(PTRACE_GETSIGINFO, v->tid, 0, &info) < 0 || info.si_code <= 0;
}

int pt_stub_again(struct vcpu *v, struct regs *regs)
{
	int status;

	do {
		if (host_ptrace(PTRACE_CONT, v->tid, 0, NULL) < 0)
			return -ESRCH;
		status = pt_await(v->tid);
	} while (status >= 0 && is_idle(v, status));
	if (status >= 0 && host_ptrace(PTRACE_GETREGS, v->tid, 0, regs) < 0)
		return -ESRCH;
	return status;
}

int pt_stub_visit(struct vcpu *v, struct regs *regs)
{
	/* The guest's own are stored again before it runs. */
	v->regs_dirty = true;
	if (pt_regs_store(v, regs))
		return -ESRCH;
	return pt_stub_again(v, regs);
}

int pt_stub_call(struct vcpu *v, long nr, const u64 args[6], long *ret)
{
	struct regs r = pt_stub_regs(v, PT_STUB_SYSCALL);
	int status;

	r.ax = (u64)nr;
	r.di = args[0];
	r.si = args[1];
	r.dx = args[2];
	r.r10 = args[3];
	r.r8 = args[4];
	r.r9 = args[5];
	status = pt_stub_visit(v, &r);
	if (status < 0)
		return status;
	*ret = (long)r.ax;
	return status == SIGTRAP ? 0 : -ESRCH;
}
