/*
 * Interval timers of a process: timer_create(2) and its family (posix_timer.c),
 * setitimer(2), alarm(2) and RLIMIT_CPU (itimer.c).
 *
 * Locks: the state of all of them is guarded by sighand->mu of their process,
 * which is what the signals they send are queued under.
 */
#pragma once
#include <signal.h>
#include <sys/time.h>
#include <time.h>

#include "lib/base.h"

struct posix_timer;
struct task;
struct tgroup;

/* A timer's setting or rest, in nanoseconds of its clock. */
struct timer_spec {
	u64 value;    /* to the next expiration, or when it is; 0: disarmed */
	u64 interval; /* 0: once */
};

/*
 * posix_timer_create - timer_create(2)
 * @sev: NULL means SIGALRM to the process
 *
 * Return: 0, -EINVAL, -EOPNOTSUPP, -EAGAIN (RLIMIT_SIGPENDING, too many), -ENOMEM.
 */
int posix_timer_create(struct task *t, clockid_t id, const struct sigevent *sev, int *ret_id)
	must_check;

/* posix_timer_set - @ret_old may be NULL.  -EINVAL: no such timer. */
int posix_timer_set(struct task *t, int id, bool absolute, const struct timer_spec *spec,
		    struct timer_spec *ret_old) must_check;
int posix_timer_get(struct task *t, int id, struct timer_spec *ret) must_check;
int posix_timer_overrun(struct task *t, int id) must_check;
int posix_timer_delete(struct task *t, int id) must_check;

/* posix_timers_clear - delete them all: at exec, and at the end of the process.  May sleep. */
void posix_timers_clear(struct tgroup *tg);

/*
 * posix_timer_dequeued_locked - its signal was taken: count overruns, go on
 * @info: gets si_overrun
 */
void posix_timer_dequeued_locked(struct posix_timer *pt, siginfo_t *info);

/* itimer_set, itimer_get - ITIMER_REAL, ITIMER_VIRTUAL, ITIMER_PROF; -EINVAL, -ENOMEM */
int itimer_set(struct task *t, int which, const struct timer_spec *spec, struct timer_spec *ret_old)
	must_check;
int itimer_get(struct task *t, int which, struct timer_spec *ret) must_check;

/* itimer_watch_cpu_limit - RLIMIT_CPU of @tg was set or inherited: SIGXCPU, SIGKILL when reached */
int itimer_watch_cpu_limit(struct tgroup *tg) must_check;

/* itimers_clear - at the end of the process.  May sleep. */
void itimers_clear(struct tgroup *tg);
