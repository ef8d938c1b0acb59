/*
 * Dispatch: from a number to a handler, and the record of it (syscall.h).
 *
 * Life of a call: the platform stops the guest, task_main() gets the event,
 * syscall_serve() finds the handler in the generated table, its thunk gives
 * every argument its true type, and the handler in sys/ does the work.
 */
#include "kernel/syscall.h"

#include "kernel/task.h"
#include "kernel/trace.h"
#include "lib/log.h"
#include "sys/syscall_desc.h"

static u64 unknown_calls; /* atomic */

u64 syscall_unknown(void)
{
	return __atomic_load_n(&unknown_calls, __ATOMIC_RELAXED);
}

static long call_unknown(struct task *t, u64 nr, const struct syscall_desc *d)
{
	__atomic_add_fetch(&unknown_calls, 1, __ATOMIC_RELAXED);
	log_debug("task %d: system call %llu (%s) is not there", task_tid(t),
		  (unsigned long long)nr, d ? d->name : "no such number");
	return -ENOSYS;
}

static long serve(struct task *t, u64 nr, const u64 args[6])
{
	const struct syscall_desc *d = syscall_lookup(nr);

	if (unlikely(!d || !syscall_handlers[nr]))
		return call_unknown(t, nr, d);
	return syscall_handlers[nr](t, args);
}

long syscall_serve(struct task *t, u64 nr, const u64 args[6])
{
	return trace_wants(nr) ? trace_call(t, nr, args, serve) : serve(t, nr, args);
}
