/*
 * clock_gettime(2), clock_getres(2), clock_settime(2), clock_adjtime(2),
 * clock_nanosleep(2), nanosleep(2), gettimeofday(2), settimeofday(2),
 * adjtimex(2), time(2), times(2)
 */
#include <sys/time.h>
#include <sys/times.h>
#include <sys/timex.h>

#include "gen/sys_proto.h"
#include "kernel/clock.h"
#include "kernel/task.h"
#include "mm/uaccess.h"

#define USER_HZ 100

/* Clock ids that name a descriptor of a device: Linux's CLOCKFD. */
#define CLOCK_DEVICE_MASK 7
#define CLOCK_DEVICE      3

long sys_clock_gettime(struct task *t, clockid_t which_clock, uaddr_t tp)
{
	struct timespec ts;
	u64 ns;
	int err = clock_now(t, which_clock, &ns);

	if (err)
		return err;
	ts = ns_timespec(ns);
	return copy_to_user(t, tp, &ts, sizeof(ts));
}

long sys_clock_getres(struct task *t, clockid_t which_clock, uaddr_t tp)
{
	struct timespec ts;
	u64 ns;
	int err = clock_resolution(t, which_clock, &ns);

	if (err || !tp)
		return err;
	ts = ns_timespec(ns);
	return copy_to_user(t, tp, &ts, sizeof(ts));
}

/* The clocks are the host's: nobody in here sets them, whatever capabilities he has. */
static int refuse_to_set(const struct timespec *ts)
{
	return timespec_valid(ts) ? -EPERM : -EINVAL;
}

long sys_clock_settime(struct task *t, clockid_t which_clock, uaddr_t tp)
{
	struct timespec ts;
	u64 now;

	if (which_clock != CLOCK_REALTIME && !clock_is_cpu(which_clock))
		return -EINVAL;
	if (copy_from_user(t, &ts, tp, sizeof(ts)))
		return -EFAULT;
	if (clock_now(t, which_clock, &now))
		return -EINVAL;
	return clock_is_cpu(which_clock) ? -EPERM : refuse_to_set(&ts);
}

long sys_settimeofday(struct task *t, uaddr_t utv, uaddr_t utz)
{
	struct timeval tv;
	struct timezone tz;
	struct timespec ts = {0};

	if (utv) {
		if (copy_from_user(t, &tv, utv, sizeof(tv)))
			return -EFAULT;
		if (tv.tv_usec < 0 || tv.tv_usec > 1000000)
			return -EINVAL;
		ts = (struct timespec){.tv_sec = tv.tv_sec, .tv_nsec = tv.tv_usec * 1000};
	}
	if (utz && copy_from_user(t, &tz, utz, sizeof(tz)))
		return -EFAULT;
	return refuse_to_set(&ts);
}

long sys_clock_adjtime(struct task *t, clockid_t which_clock, uaddr_t utx)
{
	struct timex tx;
	u64 now;

	/* CPU clocks and the others are there, whatever process they name; devices are not. */
	if (which_clock < 0)
		return (which_clock & CLOCK_DEVICE_MASK) == CLOCK_DEVICE ? -EINVAL : -EOPNOTSUPP;
	if (which_clock != CLOCK_REALTIME)
		return clock_now(t, which_clock, &now) ? -EINVAL : -EOPNOTSUPP;
	if (copy_from_user(t, &tx, utx, sizeof(tx)))
		return -EFAULT;
	if (tx.modes)
		return -EPERM;
	/* As a kernel tells of a clock that no daemon disciplines. */
	now = 0;
	if (clock_now(t, CLOCK_REALTIME, &now))
		return -EINVAL;
	tx = (struct timex){
		.maxerror = 16000000,
		.esterror = 16000000,
		.status = STA_UNSYNC,
		.constant = 2,
		.precision = 1,
		.tolerance = 32768000,
		.tick = 1000000 / USER_HZ,
		.time = {.tv_sec = (time_t)(now / NSEC_PER_SEC),
			 .tv_usec = (suseconds_t)(now % NSEC_PER_SEC / NSEC_PER_USEC)},
	};
	if (copy_to_user(t, utx, &tx, sizeof(tx)))
		return -EFAULT;
	return TIME_ERROR;
}

long sys_adjtimex(struct task *t, uaddr_t txc)
{
	return sys_clock_adjtime(t, CLOCK_REALTIME, txc);
}

long sys_gettimeofday(struct task *t, uaddr_t utv, uaddr_t utz)
{
	struct timezone tz = {0};
	struct timeval tv;
	u64 ns = 0;

	if (utv) {
		if (clock_now(t, CLOCK_REALTIME, &ns))
			return -EINVAL;
		tv.tv_sec = (time_t)(ns / NSEC_PER_SEC);
		tv.tv_usec = (suseconds_t)(ns % NSEC_PER_SEC / NSEC_PER_USEC);
		if (copy_to_user(t, utv, &tv, sizeof(tv)))
			return -EFAULT;
	}
	if (utz && copy_to_user(t, utz, &tz, sizeof(tz)))
		return -EFAULT;
	return 0;
}

long sys_time(struct task *t, uaddr_t tloc)
{
	u64 ns = 0;
	int err = clock_now(t, CLOCK_REALTIME_COARSE, &ns);
	long sec = (long)(ns / NSEC_PER_SEC);

	if (err)
		return err;
	if (tloc && copy_to_user(t, tloc, &sec, sizeof(sec)))
		return -EFAULT;
	return sec;
}

static clock_t ns_ticks(u64 ns)
{
	return (clock_t)(ns / (NSEC_PER_SEC / USER_HZ));
}

long sys_times(struct task *t, uaddr_t tbuf)
{
	u64 user, sys, boot = 0;
	struct tms tms;
	int err = clock_now(t, CLOCK_BOOTTIME, &boot);

	if (err)
		return err;
	if (tbuf) {
		tgroup_cputime(t->tg, &user, &sys);
		tms.tms_utime = ns_ticks(user);
		tms.tms_stime = ns_ticks(sys);
		mutex_lock(&tasklist_lock);
		tms.tms_cutime = ns_ticks(t->tg->children_utime);
		tms.tms_cstime = ns_ticks(t->tg->children_stime);
		mutex_unlock(&tasklist_lock);
		if (copy_to_user(t, tbuf, &tms, sizeof(tms)))
			return -EFAULT;
	}
	return ns_ticks(boot);
}

enum { SLEEP_CLOCK, SLEEP_WHEN, SLEEP_REMAINING };

/* A relative sleep: what is left goes to the guest when a signal ends it. */
static long sleep_until(struct task *t, struct restart_block *rb)
{
	clockid_t id = (clockid_t)rb->args[SLEEP_CLOCK];
	u64 when = rb->args[SLEEP_WHEN], now;
	int err = clock_sleep(t, id, when);

	if (err != -ERESTARTSYS)
		return err;
	if (rb->args[SLEEP_REMAINING] && clock_now(t, id, &now) == 0) {
		struct timespec left;

		if (now >= when)
			return 0;
		left = ns_timespec(when - now);
		if (copy_to_user(t, rb->args[SLEEP_REMAINING], &left, sizeof(left)))
			return -EFAULT;
	}
	rb->fn = sleep_until;
	return -ERESTART_RESTARTBLOCK;
}

static long sleep_relative(struct task *t, clockid_t id, const struct timespec *ts, uaddr_t rmtp)
{
	u64 now;
	int err;

	/* As on Linux a relative sleep does not notice that the wall clock is set. */
	if (id == CLOCK_REALTIME)
		id = CLOCK_MONOTONIC;
	err = clock_now(t, id, &now);
	if (err)
		return err;
	t->restart = (struct restart_block){
		.fn = sleep_until,
		.args = {(u64)id, min(now + timespec_ns(ts), (u64)INT64_MAX), rmtp},
	};
	return sleep_until(t, &t->restart);
}

long sys_nanosleep(struct task *t, uaddr_t rqtp, uaddr_t rmtp)
{
	struct timespec ts;

	if (copy_from_user(t, &ts, rqtp, sizeof(ts)))
		return -EFAULT;
	if (!timespec_valid(&ts))
		return -EINVAL;
	return sleep_relative(t, CLOCK_MONOTONIC, &ts, rmtp);
}

long sys_clock_nanosleep(struct task *t, clockid_t which_clock, int flags, uaddr_t rqtp,
			 uaddr_t rmtp)
{
	struct timespec ts;
	u64 now;
	int err;

	if (clock_now(t, which_clock, &now))
		return -EINVAL;
	if (copy_from_user(t, &ts, rqtp, sizeof(ts)))
		return -EFAULT;
	if (!timespec_valid(&ts))
		return -EINVAL;
	if (!(flags & TIMER_ABSTIME))
		return sleep_relative(t, which_clock, &ts, rmtp);
	err = clock_sleep(t, which_clock, timespec_ns(&ts));
	return err == -ERESTARTSYS ? -ERESTARTNOHAND : err;
}
