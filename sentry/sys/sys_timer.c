/*
 * timer_create(2) and its family, getitimer(2), setitimer(2), alarm(2)
 */
#include <sys/time.h>

#include "gen/sys_proto.h"
#include "kernel/clock.h"
#include "kernel/posix_timer.h"
#include "kernel/task.h"
#include "mm/uaccess.h"
#include "sys/itimerspec.h"

long sys_timer_create(struct task *t, clockid_t which_clock, uaddr_t timer_event_spec,
		      uaddr_t created_timer_id)
{
	struct sigevent sev;
	int id, err;

	_Static_assert(sizeof(sev) == 64, "sigevent");
	if (timer_event_spec && copy_from_user(t, &sev, timer_event_spec, sizeof(sev)))
		return -EFAULT;
	err = posix_timer_create(t, which_clock, timer_event_spec ? &sev : NULL, &id);
	if (err)
		return err;
	if (copy_to_user(t, created_timer_id, &id, sizeof(id))) {
		err = posix_timer_delete(t, id);
		return err ? err : -EFAULT;
	}
	return 0;
}

int itimerspec_from_user(struct task *t, uaddr_t u, struct timer_spec *ret)
{
	struct itimerspec its;

	if (copy_from_user(t, &its, u, sizeof(its)))
		return -EFAULT;
	if (!timespec_valid(&its.it_value) || !timespec_valid(&its.it_interval))
		return -EINVAL;
	ret->value = timespec_ns(&its.it_value);
	ret->interval = timespec_ns(&its.it_interval);
	return 0;
}

int itimerspec_to_user(struct task *t, uaddr_t u, const struct timer_spec *spec)
{
	const struct itimerspec its = {
		.it_value = ns_timespec(spec->value),
		.it_interval = ns_timespec(spec->interval),
	};

	return copy_to_user(t, u, &its, sizeof(its));
}

long sys_timer_settime(struct task *t, int timer_id, int flags, uaddr_t new_setting,
		       uaddr_t old_setting)
{
	struct timer_spec spec, old;
	int err;

	if (!new_setting)
		return -EINVAL;
	err = itimerspec_from_user(t, new_setting, &spec);
	if (err)
		return err;
	err = posix_timer_set(t, timer_id, flags & TIMER_ABSTIME, &spec, &old);
	if (err || !old_setting)
		return err;
	return itimerspec_to_user(t, old_setting, &old);
}

long sys_timer_gettime(struct task *t, int timer_id, uaddr_t setting)
{
	struct timer_spec spec;
	int err = posix_timer_get(t, timer_id, &spec);

	return err ? err : itimerspec_to_user(t, setting, &spec);
}

long sys_timer_getoverrun(struct task *t, int timer_id)
{
	return posix_timer_overrun(t, timer_id);
}

long sys_timer_delete(struct task *t, int timer_id)
{
	return posix_timer_delete(t, timer_id);
}

static bool timeval_valid(const struct timeval *tv)
{
	return tv->tv_sec >= 0 && tv->tv_usec >= 0 && tv->tv_usec < 1000000;
}

static u64 timeval_ns(const struct timeval *tv)
{
	const struct timespec ts = {.tv_sec = tv->tv_sec, .tv_nsec = tv->tv_usec * 1000};

	return timespec_ns(&ts);
}

static struct timeval ns_timeval(u64 ns)
{
	return (struct timeval){
		.tv_sec = (time_t)(ns / NSEC_PER_SEC),
		.tv_usec = (suseconds_t)(ns % NSEC_PER_SEC / NSEC_PER_USEC),
	};
}

static int itimerval_to_user(struct task *t, uaddr_t u, const struct timer_spec *spec)
{
	const struct itimerval itv = {
		.it_value = ns_timeval(spec->value),
		.it_interval = ns_timeval(spec->interval),
	};

	return copy_to_user(t, u, &itv, sizeof(itv));
}

long sys_getitimer(struct task *t, int which, uaddr_t value)
{
	struct timer_spec spec;
	int err = itimer_get(t, which, &spec);

	return err ? err : itimerval_to_user(t, value, &spec);
}

long sys_setitimer(struct task *t, int which, uaddr_t value, uaddr_t ovalue)
{
	struct timer_spec spec = {0}, old;
	struct itimerval itv;
	int err;

	/* As on Linux, NULL disarms. */
	if (value) {
		if (copy_from_user(t, &itv, value, sizeof(itv)))
			return -EFAULT;
		if (!timeval_valid(&itv.it_value) || !timeval_valid(&itv.it_interval))
			return -EINVAL;
		spec.value = timeval_ns(&itv.it_value);
		spec.interval = timeval_ns(&itv.it_interval);
	}
	err = itimer_set(t, which, &spec, &old);
	if (err || !ovalue)
		return err;
	return itimerval_to_user(t, ovalue, &old);
}

long sys_alarm(struct task *t, u32 seconds)
{
	const struct timer_spec spec = {.value = seconds * NSEC_PER_SEC};
	struct timer_spec old;
	u64 left;

	if (itimer_set(t, ITIMER_REAL, &spec, &old))
		return 0;
	/* Rounded to the nearest second, but never to nothing. */
	left = (old.value + NSEC_PER_SEC / 2) / NSEC_PER_SEC;
	return old.value && !left ? 1 : (long)left;
}
