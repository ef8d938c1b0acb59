/*
 * `--trace`: the calls, signals and ends of tasks, written out as strace(1)
 * does: a call that another task overtakes is shown as "<unfinished ...>" and
 * "<... read resumed>".
 */
#pragma once
#include <signal.h>

#include "kernel/strace.h"
#include "lib/base.h"

struct task;

/*
 * trace_enable - from now on, trace the calls that @calls selects (strace_filter_parse)
 * @fd: where lines go; the caller keeps it open
 *
 * Called once, before the first task runs.  Return: 0, or -EINVAL for unknown names.
 */
int trace_enable(const char *calls, hostfd_t fd) must_check;

/* trace_wants - is call @nr to be traced; cheap when nothing is */
bool trace_wants(u64 nr);

/* trace_is_on - is anything traced: then no call may be answered behind our back */
bool trace_is_on(void);

/*
 * trace_call - serve a call by @serve, printed before and after
 *
 * For the fiber of @t.  May sleep.  Return: what @serve returned.
 */
long trace_call(struct task *t, u64 nr, const u64 args[6],
		long (*serve)(struct task *t, u64 nr, const u64 args[6]));

/* trace_signal, trace_exit - a signal is delivered; a task ends with wait status @status */
void trace_signal(struct task *t, const siginfo_t *info);
void trace_exit(struct task *t, int status);
