/*
 * What the host knows of a fault: ptrace tells signal, code and address, but
 * neither the number of the exception nor its error code, which a guest's
 * handler is shown.  The kernel lays them in the frame of a signal handler: so
 * the signal is delivered, to the stub, with the stack pointer in the scratch
 * pages; the thread stops there at once and gets its registers back.
 *
 * The frame is in the guest's reach, and tells it about its own fault only.
 */
#include <sys/ptrace.h>

#include "lib/alloc.h"
#include "lib/log.h"
#include "platform/ptrace/ptrace.h"
#include "platform/x86_64/sigframe.h"

/* The kernel lets a handler begin with fresh vector state. */
static int keep_fpu(struct vcpu *v, void **ret, size_t *ret_size)
{
	void *buf = kzalloc(pt.fpu_size);
	int err;

	if (!buf)
		return -ENOMEM;
	*ret_size = pt.fpu_size;
	err = pt_fpu_get(v, buf, ret_size);
	if (err) {
		kfree(buf);
		return err;
	}
	*ret = buf;
	return 0;
}

/* Deliver @signo to the stub; where the frame is. */
static int deliver(struct vcpu *v, int signo, uaddr_t *ret_frame)
{
	struct regs r = v->regs;
	int status;

	r.sp = PT_FRAME_TOP;
	v->regs_dirty = true;
	if (pt_regs_store(v, &r) ||
	    host_ptrace(PTRACE_CONT, v->tid, 0, (void *)(uintptr_t)signo) < 0)
		return -ESRCH;
	status = pt_await(v->tid);
	while (status >= 0 && status != SIGTRAP && status != signo && !PT_EVENT(status)) {
		if (host_ptrace(PTRACE_CONT, v->tid, 0, NULL) < 0)
			return -ESRCH;
		status = pt_await(v->tid);
	}
	if (status < 0 || host_ptrace(PTRACE_GETREGS, v->tid, 0, &r) < 0)
		return -ESRCH;
	*ret_frame = r.sp;
	return r.ip == STUB_BASE + PT_STUB_HANDLER + 1 ? 0 : -EFAULT;
}

static void learn_error(struct vcpu *v, int signo)
{
	struct sigframe f;
	size_t fpu_size;
	uaddr_t frame;
	void *fpu;

	if (keep_fpu(v, &fpu, &fpu_size))
		return;
	if (!deliver(v, signo, &frame) && !pt_mem_read(v, &f, frame, sizeof(f))) {
		v->fault.trapno = f.trapno;
		v->fault.error = f.err;
	}
	if (pt_fpu_set(v, fpu, fpu_size))
		log_debug("host thread %d has lost its vector state", v->tid);
	kfree(fpu);
}

bool pt_fault_learn(struct vcpu *v, int signo)
{
	siginfo_t info;

	/* Sent by somebody on the host, not by the guest's own instruction: undone. */
	if (host_ptrace(PTRACE_GETSIGINFO, v->tid, 0, &info) < 0 || info.si_code <= 0)
		return false;
	v->fault.signo = signo;
	v->fault.code = info.si_code;
	v->fault.addr = (uaddr_t)(uintptr_t)info.si_addr;
	v->fault.trapno = 0;
	v->fault.error = 0;
	learn_error(v, signo);
	return true;
}
