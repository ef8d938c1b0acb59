/*
 * Host threads as the sentry drives them: run, kick, stop, end.
 *
 *	            resume                      stop (dispatch.c)
 *	PT_STOPPED  ---------->  PT_RUNNING  ------------------>  PT_STOPPED
 *	 (owner)                 (dispatcher)    host death       PT_GONE
 *
 * A kick is a host signal: it stops a thread before it is delivered, and never
 * is.  One that comes too late to be wanted stops it again, for nothing.
 */
#include <sys/ptrace.h>
#include <sys/syscall.h>

#include "lib/alloc.h"
#include "lib/log.h"
#include "platform/ptrace/ptrace.h"

struct vcpu *pt_vcpu_get(struct vcpu *v)
{
	ref_get(&v->ref);
	return v;
}

void pt_vcpu_put(struct vcpu *v)
{
	struct aspace *as = v->as;

	if (!ref_put(&v->ref))
		return;
	spin_lock(&as->lock);
	list_del(&v->cpu.node);
	spin_unlock(&as->lock);
	pt_aspace_put(as);
	kfree(v);
}

int pt_vcpu_alloc(struct aspace *as, struct vcpu **ret)
{
	struct vcpu *v = kzalloc(sizeof(*v));

	if (!v)
		return -ENOMEM;
	ref_init(&v->ref);
	spin_init(&v->lock);
	cputime_thread_init(&v->cpu, &v->lock);
	list_init(&v->hash);
	v->as = pt_aspace_get(as);
	v->orig_ax = PT_NO_CALL;
	*ret = v;
	return 0;
}

void pt_vcpu_stopped(struct vcpu *v, enum pt_stop stop)
{
	spin_lock(&v->lock);
	v->stop = stop;
	if (v->pos == PT_RUNNING) {
		cputime_stopped(&v->cpu);
		v->pos = PT_STOPPED;
	}
	if (v->waiter)
		unpark(v->waiter);
	spin_unlock(&v->lock);
}

void pt_vcpu_gone(struct vcpu *v, int status)
{
	spin_lock(&v->lock);
	cputime_stopped(&v->cpu);
	v->pos = PT_GONE;
	v->status = status;
	if (v->waiter)
		unpark(v->waiter);
	spin_unlock(&v->lock);
}

bool pt_vcpu_is_gone(struct vcpu *v)
{
	bool gone;

	spin_lock(&v->lock);
	gone = v->pos == PT_GONE;
	spin_unlock(&v->lock);
	return gone;
}

int pt_vcpu_resume(struct vcpu *v)
{
	int err = 0;

	if (v->regs_dirty)
		err = pt_regs_store(v, &v->regs);
	v->regs_dirty = false;
	return err ? err : (int)host_ptrace(PTRACE_SYSEMU, v->tid, 0, NULL);
}

static int resume(const struct pt_args *a)
{
	return pt_vcpu_resume(a->v);
}

/* True: it runs, or is dying and will soon be known to be gone. */
static bool let_run(struct vcpu *v)
{
	const struct pt_args args = {.v = v};
	bool runs;

	spin_lock(&v->lock);
	/* From here on a kick is a signal; one before is seen now. */
	runs = v->pos == PT_STOPPED && !__atomic_load_n(&v->kicked, __ATOMIC_SEQ_CST);
	if (runs) {
		v->pos = PT_RUNNING;
		cputime_resumed(&v->as->cpu, &v->cpu);
	}
	spin_unlock(&v->lock);
	if (runs && pt_trace(resume, &args))
		log_debug("host thread %d does not go on", v->tid);
	return runs;
}

static enum pt_pos wait_stopped(struct vcpu *v)
{
	enum pt_pos pos;

	spin_lock(&v->lock);
	v->waiter = park_self();
	while (v->pos == PT_RUNNING) {
		spin_unlock(&v->lock);
		park(PARK_FOREVER);
		spin_lock(&v->lock);
	}
	v->waiter = NULL;
	pos = v->pos;
	spin_unlock(&v->lock);
	return pos;
}

/* A call by one of the stub's instructions, which only we may send a thread to. */
static bool is_forged(const struct vcpu *v)
{
	return v->stop == PT_STOP_CALL && v->regs.ip - STUB_BASE < STUB_SIZE;
}

static void stop_to_event(struct vcpu *v, enum pt_pos pos, struct vcpu_event *ev)
{
	const struct regs *r = &v->regs;

	v->orig_ax = PT_NO_CALL;
	if (pos == PT_GONE) {
		*ev = (struct vcpu_event){.kind = VCPU_DEAD, .status = v->status};
	} else if (is_forged(v)) {
		*ev = (struct vcpu_event){
			.kind = VCPU_FAULT,
			.fault = {.signo = SIGSEGV, .code = SEGV_ACCERR, .addr = r->ip},
		};
	} else if (v->stop == PT_STOP_FAULT) {
		ev->kind = VCPU_FAULT;
		ev->fault.signo = v->fault.signo;
		ev->fault.code = v->fault.code;
		ev->fault.addr = v->fault.addr;
		ev->fault.trapno = v->fault.trapno;
		ev->fault.error = v->fault.error;
	} else if (v->stop == PT_STOP_CALL) {
		*ev = (struct vcpu_event){
			.kind = VCPU_SYSCALL,
			.call = {.nr = (u32)r->orig_ax,
				 .args = {r->di, r->si, r->dx, r->r10, r->r8, r->r9},
				 .ip = r->ip,
				 .compat = v->compat},
		};
		v->orig_ax = (u32)r->orig_ax;
	} else {
		ev->kind = VCPU_KICKED;
	}
}

int pt_vcpu_run(struct vcpu *v, struct vcpu_event *ev)
{
	enum pt_pos pos;

	/* A dead one that was kicked is dead. */
	if (!let_run(v) && !pt_vcpu_is_gone(v)) {
		__atomic_store_n(&v->kicked, 0, __ATOMIC_RELEASE);
		ev->kind = VCPU_KICKED;
		return 0;
	}
	pos = wait_stopped(v);
	stop_to_event(v, pos, ev);
	__atomic_store_n(&v->kicked, 0, __ATOMIC_RELEASE);
	return 0;
}

void pt_vcpu_kick(struct vcpu *v)
{
	if (__atomic_exchange_n(&v->kicked, 1, __ATOMIC_SEQ_CST))
		return;
	spin_lock(&v->lock);
	/* Running, so not yet reaped. */
	if (v->pos == PT_RUNNING && host_tgkill(v->as->pid, v->tid, PT_KICK_SIGNAL))
		log_debug("host thread %d cannot be kicked", v->tid);
	spin_unlock(&v->lock);
}

void pt_vcpu_set_result(struct vcpu *v, long ret)
{
	v->regs.ax = (u64)ret;
	v->regs_dirty = true;
}

bool pt_vcpu_is_alone(struct vcpu *v)
{
	return !cputime_is_shared(&v->as->cpu);
}

struct aspace *pt_vcpu_aspace(struct vcpu *v)
{
	return v->as;
}

/* Its host thread ends while others of the process go on; its death is the dispatcher's. */
static int end_thread(const struct pt_args *a)
{
	struct regs r = pt_stub_regs(a->v, PT_STUB_SYSCALL);
	int err;

	r.ax = SYS_exit;
	err = pt_regs_store(a->v, &r);
	return err ? err : (int)host_ptrace(PTRACE_CONT, a->v->tid, 0, NULL);
}

void pt_vcpu_destroy(struct vcpu *v)
{
	struct aspace *as = v->as;
	bool last, lives_on, first;

	spin_lock(&as->lock);
	last = --as->nr_vcpus == 0;
	lives_on = !last && !as->dead;
	first = v->tid == as->pid;
	spin_lock(&v->lock);
	v->exiting = lives_on && !first;
	spin_unlock(&v->lock);
	spin_unlock(&as->lock);

	if (last) {
		pt_aspace_kill(as);
	} else if (lives_on && !first) {
		const struct pt_args args = {.v = v};

		if (pt_trace(end_thread, &args))
			log_debug("host thread %d is dying already", v->tid);
	}
	/* The first thread stays, stopped, till the end: memory is reached through it. */
	pt_vcpu_put(v);
}

void pt_vcpu_abandon(struct vcpu *v)
{
	spin_lock(&v->as->lock);
	v->as->nr_vcpus--;
	spin_unlock(&v->as->lock);
	pt_vcpu_put(v);
}
