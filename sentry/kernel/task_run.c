/*
 * A task's fiber: let the guest run, serve what stopped it, deliver signals, again.
 *
 * A restart code that no handler turned into EINTR means the call is served
 * once more, here, without going back to the guest: its arguments are ours.
 */
#include <sys/syscall.h>
#include <sys/wait.h>

#include "kernel/begin.h"
#include "kernel/facts.h"
#include "kernel/signal.h"
#include "kernel/syscall.h"
#include "kernel/task.h"
#include "lib/cycles.h"
#include "lib/log.h"
#include "mm/fastpath.h"
#include "mm/mm.h"
#include "platform/last.h"
#include "platform/platform.h"

static bool is_restart(long ret)
{
	return ret == -ERESTARTSYS || ret == -ERESTARTNOINTR || ret == -ERESTARTNOHAND ||
	       ret == -ERESTART_RESTARTBLOCK;
}

/* System time is what a call took without its sleeps. */
static long serve_timed(struct task *t, u64 nr, const u64 args[6])
{
	struct parker *p = park_self();
	u64 start = cycles();
	long ret;

	p->count_slept = true;
	p->slept = 0;
	ret = syscall_serve(t, nr, args);
	p->count_slept = false;
	__atomic_store_n(&t->stime, t->stime + cycles_since(start + p->slept), __ATOMIC_RELAXED);
	return ret;
}

static long restart_call(struct task *t, const u64 args[6], long ret)
{
	struct restart_block *rb = &t->restart;

	if (ret != -ERESTART_RESTARTBLOCK)
		return serve_timed(t, t->call_nr, args);
	return rb->fn ? rb->fn(t, rb) : -EINTR;
}

static void serve_fault(struct task *t, const struct vcpu_event *ev)
{
	siginfo_t info = {
		.si_signo = ev->fault.signo,
		.si_code = ev->fault.code,
	};
	uaddr_t addr = ev->fault.addr;

	if (ev->fault.signo == SIGSEGV && ev->fault.code == SEGV_MAPERR &&
	    mm_fault(t, t->mm, t->vcpu, ev->fault.addr))
		return;
	if (fastpath_fault(t, ev->fault.signo, ev->fault.code, &addr))
		return;
	/* The host's own sender never shows: a fault has an address, or is the kernel's. */
	info.si_addr = (void *)(uintptr_t)addr;
	t->trap_no = ev->fault.trapno;
	t->trap_error = ev->fault.error;
	t->trap_addr = ev->fault.addr;
	__atomic_store_n(&t->minflt, t->minflt + 1, __ATOMIC_RELAXED);
	signal_force(t, &info);
}

/* The host process is gone: whatever killed it there kills the guest process here. */
static void serve_dead(struct task *t, int status)
{
	log_debug("host process of task %d died with status %#x", task_tid(t), (unsigned)status);
	tgroup_exit(t->tg, WIFSIGNALED(status) ? WTERMSIG(status) : SIGKILL);
}

/* Behind such a call there is another program, or none: its place is counted before. */
static bool is_last(u64 nr)
{
	return nr == SYS_execve || nr == SYS_execveat || nr == SYS_exit || nr == SYS_exit_group;
}

static void count_trap(struct task *t, const struct vcpu_event *ev, bool served)
{
	if (ev->kind == VCPU_SYSCALL && is_last(ev->call.nr) != served)
		fastpath_trapped(t, ev);
}

/* What stopped the guest; the result of the call, if it was one. */
static long serve_event(struct task *t, const struct vcpu_event *ev)
{
	task_hear(t);
	switch (ev->kind) {
	case VCPU_SYSCALL:
		if (ev->call.compat) {
			siginfo_t info;

			signal_info_kernel(&info, SIGSYS);
			signal_force(t, &info);
			return -ENOSYS;
		}
		task_set_call(t, ev->call.nr);
		t->call_fast = ev->call.fast;
		count_trap(t, ev, false);
		return serve_timed(t, ev->call.nr, ev->call.args);
	case VCPU_FAULT:
		serve_fault(t, ev);
		return 0;
	case VCPU_DEAD:
		serve_dead(t, ev->status);
		return 0;
	case VCPU_KICKED:
		return 0;
	case VCPU_REFUSED:
		vcpu_set_result(t->vcpu, mm_refused(t->mm, t->vcpu, ev->error));
		task_tell_brk(t);
		return 0;
	}
	panic("platform event %d", ev->kind);
}

/* Something is to be done before the guest goes on: with its memory as it believes it is. */
static void settle_memory(struct task *t, long *ret)
{
	/* One that lent its vcpu and is killed has none. */
	int err = t->vcpu ? vcpu_last_ops_now(t->vcpu) : 0;

	if (!err) {
		/* It may stop for long now. */
		if (unlikely(__atomic_load_n(&t->settling, __ATOMIC_RELAXED)))
			mm_settled(t);
		return;
	}
	*ret = mm_refused(t->mm, t->vcpu, err);
	task_tell_brk(t);
	vcpu_set_result(t->vcpu, *ret);
}

bool task_memory_is_settled(struct task *t, bool tell)
{
	struct sighand *sh = sighand_lock(t->tg);
	bool settled;

	if (tell)
		__atomic_store_n(&t->settling, true, __ATOMIC_SEQ_CST);
	settled = !t->vcpu || vcpu_last_ops_done(t->vcpu);
	if (tell && !settled)
		vcpu_kick(t->vcpu);
	sighand_unlock(sh);
	return settled;
}

/* Signals, then restarts, until there is a result to give; false: the task ends. */
static bool settle(struct task *t, const struct vcpu_event *ev, long *ret)
{
	for (;;) {
		if (t->ending)
			return false;
		if (likely(!task_interrupted() && !is_restart(*ret)))
			return true;
		settle_memory(t, ret);
		if (!signal_deliver(t, ret))
			return false;
		if (t->no_result || !is_restart(*ret))
			return true;
		*ret = restart_call(t, ev->call.args, *ret);
	}
}

void task_main(void *task)
{
	struct task *t = task;
	struct vcpu_event ev = {.kind = VCPU_KICKED};
	long ret = 0;

	park_self()->owner = t;
	task_set_call(t, NO_CALL);
	signal_recalc(t);
	task_tell_stub(t);
	while (settle(t, &ev, &ret)) {
		if (t->call_nr != NO_CALL && !t->no_result)
			vcpu_set_result(t->vcpu, ret);
		count_trap(t, &ev, true);
		fastpath_return(t);
		t->no_result = false;
		task_set_call(t, NO_CALL);
		t->call_fast = false;
		ret = 0;
		if (vcpu_run(t->vcpu, &ev)) {
			ev = (struct vcpu_event){.kind = VCPU_DEAD};
			log_error("cannot resume task %d", task_tid(t));
		}
		if (unlikely(__atomic_load_n(&t->settling, __ATOMIC_RELAXED)) &&
		    ev.kind != VCPU_REFUSED)
			mm_settled(t);
		ret = serve_event(t, &ev);
	}
	task_exit(t);
	task_put(t);
}

int task_start(struct task *t)
{
	char name[TASK_COMM_LEN];
	int err;

	snprintf(name, sizeof(name), "task-%d", task_tid(t));
	task_get(t);
	err = fiber_create_mobile(name, task_main, t, &t->fiber);
	if (err)
		task_put(t);
	return err;
}
