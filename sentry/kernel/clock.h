/*
 * Clocks and sleeping (clock.c, cpuclock.c).
 *
 * Time inside the sentry is nanoseconds in a u64: deadlines are CLOCK_MONOTONIC
 * and PARK_FOREVER stands for never.  The guest's clocks are the host's, from
 * the same vDSO; only CPU time is counted here.
 */
#pragma once
#include <time.h>

#include "lib/base.h"
#include "lib/park.h"

struct task;
struct tgroup;

/* timespec_valid - seconds not negative, nanoseconds below a second */
bool timespec_valid(const struct timespec *ts);

/* timespec_ns - a valid one in nanoseconds, cut at INT64_MAX */
u64 timespec_ns(const struct timespec *ts);
struct timespec ns_timespec(u64 ns);

/* deadline_after - the moment @ns from now; 0 stays 0, what is too far becomes PARK_FOREVER */
u64 deadline_after(u64 ns);

/* deadline_from_user - a relative timespec; 0 for a zero one; -EFAULT, -EINVAL */
int deadline_from_user(struct task *t, uaddr_t uts, u64 *ret) must_check;

/*
 * clock_now - read a clock; -EINVAL: there is no such clock, or no such process
 *
 * The ids are Linux's, those of other processes' CPU clocks included.
 */
int clock_now(struct task *t, clockid_t id, u64 *ret_ns) must_check;
int clock_resolution(struct task *t, clockid_t id, u64 *ret_ns) must_check;

/* clock_to_monotonic - when will the wall or boot clock @id show @when, as things stand */
u64 clock_to_monotonic(clockid_t id, u64 when);

/* clock_is_cpu - does it stand still when the process does */
bool clock_is_cpu(clockid_t id);

/*
 * A CPU clock: of a thread or of a process.  Holds a reference, so that a
 * number used again is not mistaken.
 */
enum cpuclock_kind { CPUCLOCK_PROF, CPUCLOCK_VIRT, CPUCLOCK_SCHED };
struct cpuclock {
	struct task *task; /* counted; NULL: the process */
	struct tgroup *tg; /* counted */
	enum cpuclock_kind kind;
};

/* cpuclock_open - what @id names, seen from @t; -EINVAL */
int cpuclock_open(struct task *t, clockid_t id, struct cpuclock *ret) must_check;
void cpuclock_close(struct cpuclock *c);
u64 cpuclock_read(const struct cpuclock *c);

/* cpuclock_poll_at - no sooner than this can @c have run for @ns more */
u64 cpuclock_poll_at(const struct cpuclock *c, u64 ns);

/* task_cputime, tgroup_cputime - user and system time so far; tasklist_lock not held */
void task_cputime(struct task *t, u64 *ret_user, u64 *ret_sys);
void tgroup_cputime(struct tgroup *tg, u64 *ret_user, u64 *ret_sys);

/*
 * clock_sleep - clock_nanosleep(2) without its copies
 * @when: on @id's own clock
 *
 * Return: 0, -ERESTARTSYS when interrupted, -EINVAL, -EOPNOTSUPP.
 */
int clock_sleep(struct task *t, clockid_t id, u64 when) must_check;
