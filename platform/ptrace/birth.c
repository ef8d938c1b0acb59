/*
 * New host processes and threads: a stopped parent clones in its stub.
 *
 * The host attaches the newborn to us before it has run, and it is given its
 * parent's registers.
 */
#include <sys/ptrace.h>
#include <sys/syscall.h>

#include "lib/log.h"
#include "platform/host_op.h"
#include "platform/ptrace/ptrace.h"

/* @parent stands in its clone: who came of it. */
static int meet_newborn(struct vcpu *parent, pid_t *ret)
{
	unsigned long tid = 0;

	if (host_ptrace(PTRACE_GETEVENTMSG, parent->tid, 0, &tid) < 0)
		return -ESRCH;
	/* Its first stop comes before its first instruction. */
	if (pt_await((pid_t)tid) < 0)
		log_debug("host thread %lu died at birth", tid);
	*ret = (pid_t)tid;
	return 0;
}

/* -errno of the host, or -ESRCH; *@ret is set if there is somebody, whatever else failed. */
static int clone_stub(struct vcpu *parent, u64 flags, pid_t *ret)
{
	struct regs r = pt_stub_regs(parent, PT_STUB_SYSCALL);
	int status, err = 0;

	r.ax = SYS_clone;
	r.di = flags;
	r.si = 0;
	status = pt_stub_visit(parent, &r);
	if (status >= 0 && PT_EVENT(status)) {
		err = meet_newborn(parent, ret);
		status = pt_stub_again(parent, &r);
	}
	if (err || status != SIGTRAP)
		return -ESRCH;
	return is_host_error((long)r.ax) ? (int)r.ax : 0;
}

/* @a->v is cloned by @a->a into the vcpu at @a->p, which becomes known here. */
static int bear(const struct pt_args *a)
{
	struct vcpu *parent = a->v, *v = a->p;
	int err = clone_stub(parent, a->a, &v->tid);

	if (!v->tid)
		return err ? err : -EAGAIN;
	v->regs = parent->regs;
	v->regs_dirty = true;
	v->orig_ax = parent->orig_ax;
	if (!(a->a & CLONE_THREAD))
		pt_aspace_born(v->as, v->tid);
	pt_threads_add(v);
	return err;
}

int pt_aspace_fork(struct vcpu *parent, struct aspace **ret, struct vcpu **ret_vcpu)
{
	struct pt_args args = {.v = parent, .a = PT_PROCESS_FLAGS};
	struct aspace *as;
	struct vcpu *v;
	int err;

	err = pt_aspace_alloc(&as);
	if (err)
		return err;
	err = pt_vcpu_alloc(as, &v);
	if (err) {
		pt_aspace_put(as);
		return err;
	}
	pt_aspace_add(v);
	args.p = v;
	err = pt_trace(bear, &args);
	if (!err)
		err = pt_aspace_reach(as);
	if (err) {
		pt_vcpu_destroy(v);
		pt_aspace_put(as);
		return err;
	}
	*ret = as;
	*ret_vcpu = v;
	return 0;
}

int pt_aspace_create(struct aspace **ret, struct vcpu **ret_vcpu)
{
	int err = pt_aspace_fork(pt.zygote, ret, ret_vcpu);
	if (!err)
		pt_regs_clear(*ret_vcpu);
	/* That there is no zygote any more was told. */
	return err == -ESRCH ? -EAGAIN : err;
}

int pt_vcpu_create(struct vcpu *parent, struct vcpu **ret)
{
	struct pt_args args = {.v = parent, .a = PT_THREAD_FLAGS};
	struct vcpu *v;
	int err = pt_vcpu_alloc(parent->as, &v);

	if (err)
		return err;
	pt_aspace_becomes_shared(parent->as);
	pt_aspace_add(v);
	args.p = v;
	err = pt_trace(bear, &args);
	if (err) {
		/* One that is there all the same goes with its process. */
		if (v->tid)
			pt_aspace_kill(v->as);
		pt_vcpu_abandon(v);
		return err;
	}
	*ret = v;
	return 0;
}
