/*
 * POSIX timers: timer_create(2), timer_settime(2)...
 *
 * A timer owns one queue entry for its signal, so an expiration never fails for
 * want of memory.  While that entry is pending the timer rests; what it missed
 * is counted when the signal is taken (posix_timer_dequeued_locked), which arms
 * it again.  It runs on the sched timer of the monotonic clock, translated from
 * its own clock, and looks again when that fires early (wall clock set back,
 * CPU clock not yet there).
 *
 * Locks: sighand->mu of the process.  The expiry function runs as work.
 */
#include "kernel/posix_timer.h"

#include "kernel/clock.h"
#include "kernel/signal_internal.h"
#include "lib/alloc.h"
#include "sched/work.h"

#define TIMERS_MAX 65536

struct posix_timers {
	struct list_head list; /* posix_timer.node */
	unsigned nr;
	int next_id;
};

struct posix_timer {
	struct list_head node;
	struct tgroup *tg;   /* weak: the process deletes its timers before it goes */
	int id;              /* immutable */
	clockid_t clock;     /* immutable */
	struct cpuclock cpu; /* immutable; only for CPU clocks */
	int notify;          /* immutable: SIGEV_*, SIGEV_THREAD_ID with SIGEV_SIGNAL */
	struct task *target; /* immutable, counted: SIGEV_THREAD_ID; else NULL */

	bool armed;   /* expires means something */
	bool resting; /* fired, its signal is pending, and it will go on when that is taken */
	bool dying;   /* out of the list */
	u64 expires, interval;
	s64 overrun; /* missed since its signal was queued; that one itself counts -1 */
	int overrun_last;
	struct sigqueue *entry; /* immutable, ours */
	struct work_timer wt;
};

static u64 timer_now(const struct posix_timer *pt)
{
	u64 ns = 0;

	if (clock_is_cpu(pt->clock))
		return cpuclock_read(&pt->cpu);
	/* The clock was looked at when the timer was made. */
	if (clock_now(NULL, pt->clock, &ns))
		panic("clock of a timer has gone");
	return ns;
}

/* Start the sched timer for pt->expires, when its clock shows @now. */
static void start_locked(struct posix_timer *pt, u64 now)
{
	u64 at;

	if (pt->notify == SIGEV_NONE)
		return;
	if (clock_is_cpu(pt->clock))
		at = now_ns() + max(pt->expires > now ? pt->expires - now : 0, (u64)NSEC_PER_MSEC);
	else
		at = clock_to_monotonic(pt->clock, pt->expires);
	if (at != PARK_FOREVER)
		work_timer_set(&pt->wt, at);
}

/* Move expires beyond @now; how many expirations that passes over. */
static u64 forward_locked(struct posix_timer *pt, u64 now)
{
	u64 n;

	if (now < pt->expires)
		return 0;
	n = (now - pt->expires) / pt->interval + 1;
	pt->expires += n * pt->interval;
	return n;
}

static void fire_locked(struct posix_timer *pt, u64 now)
{
	bool queued = signal_send_timer_locked(pt->tg, pt->target, pt->entry);

	if (!pt->interval) {
		pt->armed = false;
		return;
	}
	if (queued) {
		pt->resting = true;
		pt->overrun = -1;
		return;
	}
	/* Ignored or nobody left: it ticks on in silence. */
	(void)forward_locked(pt, now);
	start_locked(pt, now);
}

static void expire(struct work *w)
{
	struct posix_timer *pt = container_of(work_to_timer(w), struct posix_timer, wt);
	u64 now = timer_now(pt);
	struct sighand *sh = sighand_lock(pt->tg);

	if (!pt->dying && pt->armed && !pt->resting) {
		if (now < pt->expires)
			start_locked(pt, now);
		else
			fire_locked(pt, now);
	}
	sighand_unlock(sh);
}

void posix_timer_dequeued_locked(struct posix_timer *pt, siginfo_t *info)
{
	if (pt->resting) {
		/* Read without the locks of CPU clocks: those tick from where they fired. */
		u64 now = clock_is_cpu(pt->clock) ? pt->expires : timer_now(pt);

		pt->resting = false;
		pt->overrun += (s64)forward_locked(pt, now);
		start_locked(pt, now);
	}
	pt->overrun_last = (int)min(max(pt->overrun, (s64)0), (s64)INT32_MAX);
	pt->overrun = 0;
	info->si_overrun = pt->overrun_last;
}

static int check_event(struct task *t, const struct sigevent *sev, struct task **ret_target)
{
	int kind = sev->sigev_notify;

	*ret_target = NULL;
	if (kind == SIGEV_NONE)
		return 0;
	if ((kind & ~SIGEV_THREAD_ID) != SIGEV_SIGNAL && kind != SIGEV_THREAD)
		return -EINVAL;
	if (sev->sigev_signo < 1 || sev->sigev_signo > NSIG_GUEST)
		return -EINVAL;
	if (kind & SIGEV_THREAD_ID) {
		struct task *target = task_find_get(sev->_sigev_un._tid);

		if (target && target->tg != t->tg) {
			task_put(target);
			target = NULL;
		}
		if (!target)
			return -EINVAL;
		*ret_target = target;
	}
	return 0;
}

static void timer_free(struct posix_timer *pt)
{
	if (pt->target)
		task_put(pt->target);
	if (pt->entry)
		sigqueue_free(pt->entry);
	cpuclock_close(&pt->cpu);
	kfree(pt);
}

/* The clock: -EINVAL none such, -EOPNOTSUPP one without timers. */
static int check_clock(struct task *t, clockid_t id, struct cpuclock *ret)
{
	u64 now;
	int err;

	if (clock_is_cpu(id))
		return cpuclock_open(t, id, ret);
	err = clock_now(t, id, &now);
	if (err)
		return err;
	switch (id) {
	case CLOCK_REALTIME:
	case CLOCK_MONOTONIC:
	case CLOCK_BOOTTIME:
	case CLOCK_TAI:
		return 0;
	default:
		return -EOPNOTSUPP;
	}
}

static int timer_alloc(struct task *t, clockid_t id, struct posix_timer **ret)
{
	struct posix_timer *pt = kzalloc(sizeof(*pt));
	int err;

	if (!pt)
		return -ENOMEM;
	err = check_clock(t, id, &pt->cpu);
	if (!err) {
		pt->entry = sigqueue_create(t->cred->uid, task_rlimit(t, RLIMIT_SIGPENDING));
		err = pt->entry ? 0 : -EAGAIN;
	}
	if (err) {
		timer_free(pt);
		return err;
	}
	pt->entry->timer = pt;
	pt->clock = id;
	pt->tg = t->tg;
	work_timer_init(&pt->wt, expire);
	*ret = pt;
	return 0;
}

static struct posix_timer *find_locked(struct tgroup *tg, int id)
{
	struct posix_timer *pt;

	if (!tg->posix_timers)
		return NULL;
	list_for_each_entry (pt, &tg->posix_timers->list, node) {
		if (pt->id == id)
			return pt;
	}
	return NULL;
}

/* Give it a number and put it in the process's list. */
static int publish_locked(struct tgroup *tg, struct posix_timer *pt)
{
	struct posix_timers *all = tg->posix_timers;

	if (!all) {
		all = kzalloc(sizeof(*all));
		if (!all)
			return -ENOMEM;
		list_init(&all->list);
		tg->posix_timers = all;
	}
	if (all->nr >= TIMERS_MAX)
		return -EAGAIN;
	while (find_locked(tg, all->next_id))
		all->next_id = (all->next_id + 1) & INT32_MAX;
	pt->id = all->next_id;
	all->next_id = (all->next_id + 1) & INT32_MAX;
	all->nr++;
	list_add_tail(&pt->node, &all->list);
	return 0;
}

int posix_timer_create(struct task *t, clockid_t id, const struct sigevent *sev, int *ret_id)
{
	struct mutex *mu = &t->tg->sighand->mu;
	struct posix_timer *pt = NULL;
	siginfo_t *info;
	int err = work_start();

	if (err)
		return err;
	err = timer_alloc(t, id, &pt);
	if (err)
		return err;
	info = &pt->entry->info;
	info->si_code = SI_TIMER;
	info->si_signo = SIGALRM;
	pt->notify = SIGEV_SIGNAL;
	if (sev) {
		err = check_event(t, sev, &pt->target);
		if (err) {
			timer_free(pt);
			return err;
		}
		pt->notify = sev->sigev_notify;
		info->si_signo = sev->sigev_signo;
		info->si_value = sev->sigev_value;
	}
	mutex_lock(mu);
	err = publish_locked(t->tg, pt);
	if (!err) {
		*ret_id = pt->id;
		info->si_timerid = pt->id;
		if (!sev)
			info->si_value.sival_int = pt->id;
	}
	mutex_unlock(mu);
	if (err)
		timer_free(pt);
	return err;
}

/* What is left, as timer_gettime(2) says it: never 0 while armed. */
static void rest_locked(struct posix_timer *pt, u64 now, struct timer_spec *ret)
{
	*ret = (struct timer_spec){.interval = pt->interval};
	if (!pt->armed)
		return;
	if (pt->interval && (pt->resting || pt->notify == SIGEV_NONE))
		pt->overrun += (s64)forward_locked(pt, now);
	if (pt->expires > now)
		ret->value = pt->expires - now;
	else if (pt->notify != SIGEV_NONE)
		ret->value = 1;
}

/*
 * Find @id of @t's process with its clock's time, lock held when it is found.
 * The clock is read first, since CPU clocks take locks.
 */
static struct posix_timer *timer_lock(struct task *t, int id, u64 *ret_now) NO_TSA
{
	struct mutex *mu = &t->tg->sighand->mu;
	clockid_t clock = CLOCK_MONOTONIC;
	struct cpuclock cpu = {0};
	struct posix_timer *pt;

	mutex_lock(mu);
	pt = find_locked(t->tg, id);
	if (pt && clock_is_cpu(pt->clock)) {
		clock = pt->clock;
		cpu = pt->cpu;
		if (cpu.task)
			task_get(cpu.task);
		if (cpu.tg)
			tgroup_get(cpu.tg);
	}
	if (pt && !clock_is_cpu(clock))
		*ret_now = timer_now(pt);
	if (!pt || clock_is_cpu(clock))
		mutex_unlock(mu);
	if (!pt || !clock_is_cpu(clock))
		return pt;
	*ret_now = cpuclock_read(&cpu);
	cpuclock_close(&cpu);
	mutex_lock(mu);
	pt = find_locked(t->tg, id);
	if (!pt)
		mutex_unlock(mu);
	return pt;
}

int posix_timer_set(struct task *t, int id, bool absolute, const struct timer_spec *spec,
		    struct timer_spec *ret_old) NO_TSA
{
	struct posix_timer *pt;
	u64 now;

	pt = timer_lock(t, id, &now);
	if (!pt)
		return -EINVAL;
	if (ret_old)
		rest_locked(pt, now, ret_old);
	work_timer_stop(&pt->wt);
	signal_unqueue_timer_locked(pt->tg, pt->target, pt->entry);
	pt->resting = false;
	pt->overrun = 0;
	pt->overrun_last = 0;
	pt->interval = spec->interval;
	pt->armed = spec->value != 0;
	if (pt->armed) {
		pt->expires = spec->value;
		if (!absolute)
			pt->expires = min(now + spec->value, (u64)INT64_MAX);
		start_locked(pt, now);
	}
	mutex_unlock(&t->tg->sighand->mu);
	return 0;
}

int posix_timer_get(struct task *t, int id, struct timer_spec *ret) NO_TSA
{
	struct posix_timer *pt;
	u64 now;

	pt = timer_lock(t, id, &now);
	if (!pt)
		return -EINVAL;
	rest_locked(pt, now, ret);
	mutex_unlock(&t->tg->sighand->mu);
	return 0;
}

int posix_timer_overrun(struct task *t, int id)
{
	struct mutex *mu = &t->tg->sighand->mu;
	struct posix_timer *pt;
	int ret;

	mutex_lock(mu);
	pt = find_locked(t->tg, id);
	ret = pt ? pt->overrun_last : -EINVAL;
	mutex_unlock(mu);
	return ret;
}

/* Take @pt out; the caller frees it with timer_destroy() after unlocking. */
static void unpublish_locked(struct posix_timer *pt)
{
	pt->dying = true;
	pt->armed = false;
	list_del(&pt->node);
	pt->tg->posix_timers->nr--;
	signal_unqueue_timer_locked(pt->tg, pt->target, pt->entry);
}

static void timer_destroy(struct posix_timer *pt)
{
	work_timer_cancel(&pt->wt);
	timer_free(pt);
}

int posix_timer_delete(struct task *t, int id)
{
	struct mutex *mu = &t->tg->sighand->mu;
	struct posix_timer *pt;

	mutex_lock(mu);
	pt = find_locked(t->tg, id);
	if (pt)
		unpublish_locked(pt);
	mutex_unlock(mu);
	if (!pt)
		return -EINVAL;
	timer_destroy(pt);
	return 0;
}

void posix_timers_clear(struct tgroup *tg)
{
	struct posix_timers *all;
	struct sighand *sh;

	for (;;) {
		struct posix_timer *pt = NULL;

		sh = sighand_lock(tg);
		all = tg->posix_timers;
		if (all && !list_empty(&all->list)) {
			pt = list_first_entry(&all->list, struct posix_timer, node);
			unpublish_locked(pt);
		} else {
			tg->posix_timers = NULL;
		}
		sighand_unlock(sh);
		if (!pt)
			break;
		timer_destroy(pt);
	}
	kfree(all);
}
