/*
 * What threads and processes have used (rusage.c).
 */
#pragma once
#include <sys/resource.h>

#include "kernel/pid.h"
#include "lib/base.h"

struct task;
struct tgroup;

#define CLOCK_TICKS_A_SEC 100 /* AT_CLKTCK */

static inline long ns_to_clock_t(u64 ns)
{
	return (long)(ns / (NSEC_PER_SEC / CLOCK_TICKS_A_SEC));
}

/* User and system time, ns. */
struct cpu_times {
	u64 utime, stime;
};

/* task_times - of one thread; takes LOCK_SIGHAND */
void task_times(struct task *t, struct cpu_times *ret);

/* tgroup_times_locked - of all threads, dead ones included; takes LOCK_SIGHAND */
void tgroup_times_locked(struct tgroup *tg, struct cpu_times *ret) REQUIRES(tasklist_lock);

/* rusage_task, rusage_tgroup_locked, rusage_children_locked - as getrusage(2) */
void rusage_task(struct task *t, struct rusage *ret);
void rusage_tgroup_locked(struct tgroup *tg, struct rusage *ret) REQUIRES(tasklist_lock);
void rusage_children_locked(struct tgroup *tg, struct rusage *ret) REQUIRES(tasklist_lock);

/* rusage_both_locked - a process and the children it has waited for, as wait4(2) tells */
void rusage_both_locked(struct tgroup *tg, struct rusage *ret) REQUIRES(tasklist_lock);

/* rusage_bury_locked - thread @t leaves: what it used is added to its process */
void rusage_bury_locked(struct task *t) REQUIRES(tasklist_lock);

/* rusage_reap_locked - @parent has waited for @child */
void rusage_reap_locked(struct tgroup *parent, struct tgroup *child) REQUIRES(tasklist_lock);

/* rusage_add_counts - all but times; the larger of ru_maxrss */
void rusage_add_counts(struct rusage *ru, const struct rusage *more);

/*
 * rusage_host - add what the host counts to the counts of @t's process: faults, memory
 *
 * On @t's fiber, its vcpu stopped.  For the processes @t's memory is shared with
 * nothing is added: the host counts them as one.
 */
void rusage_host(struct task *t, struct rusage *ru);
