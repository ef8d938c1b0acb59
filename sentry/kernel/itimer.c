/*
 * setitimer(2), alarm(2), RLIMIT_CPU.
 *
 * ITIMER_REAL is a timer of the monotonic clock.  ITIMER_VIRTUAL, ITIMER_PROF
 * and RLIMIT_CPU compare CPU clocks with a limit; one timer looks at all three
 * again at the earliest moment one of them can have been reached.
 *
 * Locks: sighand->mu of the process guards the settings.  The clocks are read
 * before it is taken.
 */
#include "kernel/clock.h"
#include "kernel/posix_timer.h"
#include "kernel/signal_internal.h"
#include "lib/alloc.h"
#include "sched/work.h"

#define NR_CPU_ITIMERS 2

/* A CPU itimer; index 0 is ITIMER_VIRTUAL, 1 is ITIMER_PROF. */
struct cpu_itimer {
	u64 expires; /* CPU time; 0: disarmed */
	u64 interval;
};

struct itimers {
	struct tgroup *tg; /* weak: freed before the process goes */
	struct work_timer real, cpu_poll;
	u64 real_expires; /* 0: disarmed */
	u64 real_interval;
	struct cpu_itimer cpu[NR_CPU_ITIMERS];
	u64 cpu_soft, cpu_hard; /* RLIMIT_CPU in ns; UINT64_MAX: none */
	bool dying;             /* nothing is armed any more */
};

static const int cpu_signal[NR_CPU_ITIMERS] = {SIGVTALRM, SIGPROF};

static void send_kernel_locked(struct tgroup *tg, int sig)
{
	siginfo_t info;

	signal_info_kernel(&info, sig);
	/* A process that is gone needs no alarm. */
	(void)signal_send_locked(tg, NULL, &info);
}

static void real_expired(struct work *w)
{
	struct itimers *it = container_of(work_to_timer(w), struct itimers, real);
	struct sighand *sh = sighand_lock(it->tg);
	u64 now = now_ns();

	if (it->real_expires && now >= it->real_expires) {
		send_kernel_locked(it->tg, SIGALRM);
		if (it->real_interval) {
			u64 n = (now - it->real_expires) / it->real_interval + 1;

			it->real_expires += n * it->real_interval;
			work_timer_set(&it->real, it->real_expires);
		} else {
			it->real_expires = 0;
		}
	}
	sighand_unlock(sh);
}

/* Send what is due at CPU time @now[]; the CPU time until the next, UINT64_MAX for none. */
static u64 cpu_check_locked(struct itimers *it, const u64 now[NR_CPU_ITIMERS])
{
	u64 next = UINT64_MAX, total = now[1];

	for (int i = 0; i < NR_CPU_ITIMERS; i++) {
		struct cpu_itimer *ci = &it->cpu[i];

		if (ci->expires && now[i] >= ci->expires) {
			send_kernel_locked(it->tg, cpu_signal[i]);
			ci->expires = ci->interval ? now[i] + ci->interval : 0;
		}
		if (ci->expires)
			next = min(next, ci->expires - now[i]);
	}
	if (total >= it->cpu_hard) {
		send_kernel_locked(it->tg, SIGKILL);
		return UINT64_MAX;
	}
	if (total >= it->cpu_soft) {
		/* Once a second until it obeys. */
		send_kernel_locked(it->tg, SIGXCPU);
		it->cpu_soft += NSEC_PER_SEC;
	}
	if (it->cpu_soft != UINT64_MAX)
		next = min(next, it->cpu_soft - total);
	if (it->cpu_hard != UINT64_MAX)
		next = min(next, it->cpu_hard - total);
	return next;
}

static void read_cpu(struct tgroup *tg, u64 ret[NR_CPU_ITIMERS])
{
	u64 user, sys;

	tgroup_cputime(tg, &user, &sys);
	ret[0] = user;
	ret[1] = user + sys;
}

static void cpu_look(struct work *w)
{
	struct itimers *it = container_of(work_to_timer(w), struct itimers, cpu_poll);
	const struct cpuclock clock = {.tg = it->tg, .kind = CPUCLOCK_PROF};
	u64 now[NR_CPU_ITIMERS], next, at;
	struct sighand *sh;

	read_cpu(it->tg, now);
	sh = sighand_lock(it->tg);
	next = cpu_check_locked(it, now);
	sighand_unlock(sh);
	if (next == UINT64_MAX)
		return;
	at = cpuclock_poll_at(&clock, next);
	sh = sighand_lock(it->tg);
	if (!it->dying)
		work_timer_set(&it->cpu_poll, at);
	sighand_unlock(sh);
}

/* The timers of @tg, made if there are none. */
static int itimers_need(struct tgroup *tg, struct itimers **ret)
{
	struct itimers *fresh;
	struct sighand *sh;
	int err = work_start();

	if (err)
		return err;
	fresh = kzalloc(sizeof(*fresh));
	if (!fresh)
		return -ENOMEM;
	fresh->tg = tg;
	fresh->cpu_soft = fresh->cpu_hard = UINT64_MAX;
	work_timer_init(&fresh->real, real_expired);
	work_timer_init(&fresh->cpu_poll, cpu_look);
	sh = sighand_lock(tg);
	if (!tg->itimers)
		tg->itimers = steal(&fresh);
	*ret = tg->itimers;
	sighand_unlock(sh);
	kfree(fresh);
	return 0;
}

static void real_rest_locked(const struct itimers *it, struct timer_spec *ret)
{
	u64 now = now_ns();

	*ret = (struct timer_spec){.interval = it->real_interval};
	if (it->real_expires)
		ret->value = it->real_expires > now ? it->real_expires - now : NSEC_PER_USEC;
}

static void real_set_locked(struct itimers *it, const struct timer_spec *spec)
{
	work_timer_stop(&it->real);
	it->real_expires = deadline_after(spec->value);
	it->real_interval = spec->interval;
	if (it->real_expires && it->real_expires != PARK_FOREVER)
		work_timer_set(&it->real, it->real_expires);
}

static void cpu_rest_locked(const struct cpu_itimer *ci, u64 now, struct timer_spec *ret)
{
	*ret = (struct timer_spec){.interval = ci->interval};
	if (ci->expires)
		ret->value = ci->expires > now ? ci->expires - now : NSEC_PER_USEC;
}

int itimer_set(struct task *t, int which, const struct timer_spec *spec, struct timer_spec *ret_old)
{
	u64 now[NR_CPU_ITIMERS];
	struct itimers *it;
	struct sighand *sh;
	int err;

	if (which < ITIMER_REAL || which > ITIMER_PROF)
		return -EINVAL;
	err = itimers_need(t->tg, &it);
	if (err)
		return err;
	if (which != ITIMER_REAL)
		read_cpu(t->tg, now);
	sh = sighand_lock(t->tg);
	if (which == ITIMER_REAL) {
		real_rest_locked(it, ret_old);
		real_set_locked(it, spec);
	} else {
		struct cpu_itimer *ci = &it->cpu[which - ITIMER_VIRTUAL];
		u64 cpu_now = now[which - ITIMER_VIRTUAL];

		cpu_rest_locked(ci, cpu_now, ret_old);
		ci->expires = spec->value ? min(cpu_now + spec->value, (u64)INT64_MAX) : 0;
		ci->interval = spec->interval;
		if (ci->expires)
			work_timer_set(&it->cpu_poll, now_ns());
	}
	sighand_unlock(sh);
	return 0;
}

int itimer_get(struct task *t, int which, struct timer_spec *ret)
{
	u64 now[NR_CPU_ITIMERS];
	struct itimers *it;
	struct sighand *sh;

	if (which < ITIMER_REAL || which > ITIMER_PROF)
		return -EINVAL;
	if (which != ITIMER_REAL)
		read_cpu(t->tg, now);
	*ret = (struct timer_spec){0};
	sh = sighand_lock(t->tg);
	it = t->tg->itimers;
	if (it && which == ITIMER_REAL)
		real_rest_locked(it, ret);
	else if (it)
		cpu_rest_locked(&it->cpu[which - ITIMER_VIRTUAL], now[which - ITIMER_VIRTUAL], ret);
	sighand_unlock(sh);
	return 0;
}

static u64 limit_ns(u64 seconds)
{
	u64 ns;

	if (seconds == RLIM64_INFINITY || __builtin_mul_overflow(seconds, NSEC_PER_SEC, &ns))
		return UINT64_MAX;
	/* As on Linux, a limit of nothing is one second. */
	return max(ns, (u64)NSEC_PER_SEC);
}

int itimer_watch_cpu_limit(struct tgroup *tg)
{
	struct itimers *it;
	struct sighand *sh;
	u64 soft, hard;
	int err;

	mutex_lock(&tg->rlim_mu);
	soft = limit_ns(tg->rlim[RLIMIT_CPU].rlim_cur);
	hard = limit_ns(tg->rlim[RLIMIT_CPU].rlim_max);
	mutex_unlock(&tg->rlim_mu);
	if (soft == UINT64_MAX && hard == UINT64_MAX && !tg->itimers)
		return 0;
	err = itimers_need(tg, &it);
	if (err)
		return err;
	sh = sighand_lock(tg);
	it->cpu_soft = soft;
	it->cpu_hard = hard;
	work_timer_set(&it->cpu_poll, now_ns());
	sighand_unlock(sh);
	return 0;
}

void itimers_clear(struct tgroup *tg)
{
	struct sighand *sh = sighand_lock(tg);
	struct itimers *it = tg->itimers;

	tg->itimers = NULL;
	if (it) {
		it->dying = true;
		it->real_expires = 0;
	}
	sighand_unlock(sh);
	if (!it)
		return;
	work_timer_cancel(&it->real);
	work_timer_cancel(&it->cpu_poll);
	kfree(it);
}
