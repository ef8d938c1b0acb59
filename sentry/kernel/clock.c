/*
 * The wall and boot clocks, and sleeping until one of them (or a CPU clock)
 * shows a time.
 *
 * A deadline on the wall clock is turned into a monotonic one each time the
 * sleeper looks, so that a clock that was set back does not wake it early.
 * Differs: one that was set forward is seen only at the next look.
 */
#include "kernel/clock.h"

#include "kernel/task.h"
#include "mm/uaccess.h"
#include "sched/sched.h"

#define NR_CLOCKS (CLOCK_TAI + 1)
#define TICK_NS   4000000u /* resolution of the coarse clocks: the host's HZ is 250 to 1000 */

/* One system clock: may it be slept on, and is it coarse. */
static const struct clock_kind {
	bool exists, sleeps, coarse;
} clocks[NR_CLOCKS] = {
	[CLOCK_REALTIME] = {.exists = true, .sleeps = true},
	[CLOCK_MONOTONIC] = {.exists = true, .sleeps = true},
	[CLOCK_MONOTONIC_RAW] = {.exists = true},
	[CLOCK_REALTIME_COARSE] = {.exists = true, .coarse = true},
	[CLOCK_MONOTONIC_COARSE] = {.exists = true, .coarse = true},
	[CLOCK_BOOTTIME] = {.exists = true, .sleeps = true},
	[CLOCK_REALTIME_ALARM] = {.exists = true},
	[CLOCK_BOOTTIME_ALARM] = {.exists = true},
	[CLOCK_TAI] = {.exists = true, .sleeps = true},
};

static const struct clock_kind *clock_kind(clockid_t id)
{
	return id >= 0 && id < NR_CLOCKS && clocks[id].exists ? &clocks[id] : NULL;
}

bool timespec_valid(const struct timespec *ts)
{
	return ts->tv_sec >= 0 && (u64)ts->tv_nsec < NSEC_PER_SEC;
}

u64 timespec_ns(const struct timespec *ts)
{
	u64 ns;

	if (__builtin_mul_overflow((u64)ts->tv_sec, NSEC_PER_SEC, &ns) || ns > INT64_MAX)
		return INT64_MAX;
	return min(ns + (u64)ts->tv_nsec, (u64)INT64_MAX);
}

struct timespec ns_timespec(u64 ns)
{
	return (struct timespec){
		.tv_sec = (time_t)(ns / NSEC_PER_SEC),
		.tv_nsec = (long)(ns % NSEC_PER_SEC),
	};
}

u64 deadline_after(u64 ns)
{
	u64 at;

	if (ns == 0)
		return 0;
	if (__builtin_add_overflow(now_ns(), ns, &at) || at > INT64_MAX)
		return PARK_FOREVER;
	return at;
}

int deadline_from_user(struct task *t, uaddr_t uts, u64 *ret)
{
	struct timespec ts;

	if (copy_from_user(t, &ts, uts, sizeof(ts)))
		return -EFAULT;
	if (!timespec_valid(&ts))
		return -EINVAL;
	*ret = deadline_after(timespec_ns(&ts));
	return 0;
}

bool clock_is_cpu(clockid_t id)
{
	return id < 0 || id == CLOCK_PROCESS_CPUTIME_ID || id == CLOCK_THREAD_CPUTIME_ID;
}

static u64 read_host(clockid_t id)
{
	struct timespec ts;

	/* The vDSO's; the alarm clocks are their plain ones read another way. */
	if (id == CLOCK_REALTIME_ALARM)
		id = CLOCK_REALTIME;
	if (id == CLOCK_BOOTTIME_ALARM)
		id = CLOCK_BOOTTIME;
	clock_gettime(id, &ts);
	return timespec_ns(&ts);
}

int clock_now(struct task *t, clockid_t id, u64 *ret_ns)
{
	struct cpuclock cpu;
	int err;

	if (!clock_is_cpu(id)) {
		if (!clock_kind(id))
			return -EINVAL;
		*ret_ns = read_host(id);
		return 0;
	}
	err = cpuclock_open(t, id, &cpu);
	if (err)
		return err;
	*ret_ns = cpuclock_read(&cpu);
	cpuclock_close(&cpu);
	return 0;
}

int clock_resolution(struct task *t, clockid_t id, u64 *ret_ns)
{
	const struct clock_kind *k = clock_kind(id);
	struct cpuclock cpu;
	int err;

	if (!clock_is_cpu(id)) {
		if (!k)
			return -EINVAL;
		*ret_ns = k->coarse ? TICK_NS : 1;
		return 0;
	}
	err = cpuclock_open(t, id, &cpu);
	if (err)
		return err;
	cpuclock_close(&cpu);
	*ret_ns = 1;
	return 0;
}

u64 clock_to_monotonic(clockid_t id, u64 when)
{
	u64 now, base, at;

	if (id == CLOCK_MONOTONIC)
		return when >= INT64_MAX ? PARK_FOREVER : when;
	now = read_host(id);
	base = now_ns();
	if (when <= now)
		return base;
	if (__builtin_add_overflow(base, when - now, &at) || at >= INT64_MAX)
		return PARK_FOREVER;
	return at;
}

static int sleep_cpu(struct task *t, clockid_t id, u64 when)
{
	struct cpuclock cpu;
	int err;

	/* As on Linux there is no sleep on this one; glibc makes it EINVAL. */
	if (id == CLOCK_THREAD_CPUTIME_ID)
		return -EOPNOTSUPP;
	err = cpuclock_open(t, id, &cpu);
	if (err)
		return err;
	if (cpu.task == t)
		err = -EINVAL;
	while (!err) {
		u64 now = cpuclock_read(&cpu);

		if (now >= when)
			break;
		err = fiber_sleep(cpuclock_poll_at(&cpu, when - now));
	}
	cpuclock_close(&cpu);
	return err;
}

int clock_sleep(struct task *t, clockid_t id, u64 when)
{
	const struct clock_kind *k = clock_kind(id);

	if (clock_is_cpu(id))
		return sleep_cpu(t, id, when);
	if (!k)
		return -EINVAL;
	if (!k->sleeps)
		return -EOPNOTSUPP;
	while (read_host(id) < when) {
		int err = fiber_sleep(clock_to_monotonic(id, when));

		if (err)
			return err;
	}
	return 0;
}
