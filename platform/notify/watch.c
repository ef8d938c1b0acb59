/*
 * Looking at channels instead of sleeping.
 *
 * A call whose post is seen costs a hundredth of one that wakes us, and takes a
 * core all the time.  So a worker looks only while calls keep coming, and while
 * nobody else wants its core:
 *
 *   - it begins when the last few calls came so soon after the guest was let run
 *     that looking would have been shorter than sleeping and waking; more of them are
 *     asked for as long as hardly any came once it had begun, since to begin is to move to
 *     another core: 60 us, which begin when who called was answered;
 *   - it ends when nothing was posted for BUDGET, about what it costs to end, be
 *     woken for a few calls and move away again: programs that fork and execute spend
 *     that long between two bursts of calls;
 *   - it ends when that made nothing quicker: to wake a guest on another core, idle
 *     since it went to sleep, costs many times what it costs on our own, where
 *     guests wake if we are about to sleep ourselves.  Which of the two counts for
 *     more the guests' work decides, so calls are counted, before and after.  Before:
 *     over the last few milliseconds that had calls, and not in the burst of them that
 *     made us begin;
 *   - when the host gives much of the core's time to somebody else (the counter jumps,
 *     and it was a switch), it stays away for a while, and for longer the next time;
 *   - with one core to run on it never begins.
 *
 * While it looks, CHAN_WATCHED says so to every stub that runs.  It is cleared
 * before the last look: a stub posts before it reads it, so one of the two sees
 * the other.
 *
 * A vcpu stays with the watch of the worker that ran it last until its fiber
 * sleeps in a call, so that a call costs no list operation.
 *
 * Locks: watch.lock guards the list; vcpu.lock within it.  The rest of a watch
 * is its worker's own.
 */
#include "platform/notify/watch.h"

#include <sched.h>
#include <sys/ioctl.h>
#include <sys/resource.h>

#include "lib/cycles.h"
#include "lib/log.h"
#include "platform/notify/handover.h"
#include "platform/notify/turn.h"

#ifndef SECCOMP_IOCTL_NOTIF_SET_FLAGS
#define SECCOMP_IOCTL_NOTIF_SET_FLAGS SECCOMP_IOW(4, u64)
#endif
#define SYNC_WAKE_UP   1ul

#define BUDGET         (300 * NSEC_PER_USEC)
#define PREEMPTED      (150 * NSEC_PER_USEC) /* no interrupt takes that long */
#define MOVE_MAX       (500 * NSEC_PER_USEC) /* to an idle core, which has to wake */
#define PENALTY_MIN    (8 * NSEC_PER_MSEC)
#define PENALTY_MAX    (512 * NSEC_PER_MSEC)
#define PENALTY_GROWS  4
#define FORGIVEN_AFTER (100 * NSEC_PER_MSEC) /* undisturbed */

#define OTHERS         4 /* looks at one's own channel for one at all */

#define QUICK          (50 * NSEC_PER_USEC) /* from one call to the next */
#define CALLS_BEGIN    24                   /* so many in quick succession, */
#define CALLS_MOST     96                   /* more each time that it was for nothing: */
#define CALLS_WORTH    8                    /* fewer calls than this were seen */
#define LONG_BEGIN     3             /* with a long copy, which the guest could have a hand in */
#define TRIAL          NSEC_PER_MSEC /* over which the rate of calls is compared */
#define LOST_TRIALS    10 /* over so many of which the time lost to others is summed up, */
#define LOST_PART      5  /* and may be that part */
#define DOUBT          (2 * NSEC_PER_MSEC) /* how long to wait after a trial that was in vain */
#define MEMORY         8                   /* trials whose time a rate is of */

/* So many calls in so much time. */
struct pace {
	u64 calls, time;
};

struct watch {
	struct spinlock lock;
	struct list_head vcpus; /* guarded by lock: that run, or are about to again */
	bool made, on;
	u64 calls;                   /* ever */
	u64 first;                   /* of those, when @counted */
	u64 counted;                 /* cycles, as all below */
	u64 told_first;              /* of those, when @told */
	u64 told;                    /* the last one by notification, or the end of looking */
	struct pace asleep, looking; /* lately */
	u64 need;                    /* calls in quick succession, to begin */
	u64 began;                   /* calls by then */
	u64 due;                     /* to begin, after the next answer: found at that time; or 0 */
	u64 rate;                    /* in the last trial, calls in 2^30 cycles */
	u64 since;                   /* began, or was last disturbed */
	u64 seen;                    /* the last post */
	u64 off_until;               /* not before */
	u64 penalty;
	u64 lost, lost_since;         /* to others, in the last LOST_TRIALS or less */
	long switches;                /* involuntary ones, counted so far */
	u64 budget, preempted, trial; /* as the #defines, in cycles */
};

static __thread struct watch here;
static bool one_core; /* immutable once workers run */

static struct watch *watch_here(void)
{
	if (unlikely(!here.made)) {
		spin_init(&here.lock);
		list_init(&here.vcpus);
		here.need = CALLS_BEGIN;
		here.made = true;
	}
	return &here;
}

void watch_init(void)
{
	cpu_set_t set;

	one_core = host_sched_getaffinity(0, &set) || CPU_COUNT(&set) < 2;
}

static void tell_stub(struct vcpu *v, bool watched)
{
	chan_write32(&v->ch, CHAN_WATCHED, watched);
}

/* Who is answered by notification wakes on our core if we are to sleep, else on another. */
static void set_sync(bool sync)
{
	if (host_ioctl_val(notify.listener, SECCOMP_IOCTL_NOTIF_SET_FLAGS, sync ? SYNC_WAKE_UP : 0))
		log_debug("the host chooses the guests' cores");
}

/* Did the host give our core to somebody else since we looked last? */
static bool was_preempted(struct watch *w)
{
	struct rusage ru;
	long before = w->switches;

	if (host_getrusage(RUSAGE_THREAD, &ru))
		return true;
	w->switches = ru.ru_nivcsw;
	return w->switches != before;
}

static void note_disturbed(struct watch *w, u64 now)
{
	u64 forgiven = cycles_from_ns(FORGIVEN_AFTER);

	if (now - w->since > forgiven)
		w->penalty = 0;
	w->penalty = min(max(w->penalty * PENALTY_GROWS, cycles_from_ns(PENALTY_MIN)),
			 cycles_from_ns(PENALTY_MAX));
	w->off_until = now + w->penalty;
	w->since = now;
	w->lost = 0;
}

/* False: the other cores are taken, which is known by how long it takes to get one. */
static bool begin(struct watch *w)
{
	u64 start = cycles(), now;
	struct vcpu *v;

	w->budget = cycles_from_ns(BUDGET);
	w->preempted = cycles_from_ns(PREEMPTED);
	w->trial = cycles_from_ns(TRIAL);
	(void)was_preempted(w);
	/* Guests that were woken on our core go on there, and we are to run beside them. */
	sched_leave_core();
	now = cycles();
	if (now - start > cycles_from_ns(MOVE_MAX)) {
		note_disturbed(w, now);
		sched_return_core();
		return false;
	}
	w->on = true;
	w->began = w->calls;
	w->since = w->seen = now;
	set_sync(false);
	spin_lock(&w->lock);
	list_for_each_entry (v, &w->vcpus, watch)
		tell_stub(v, true);
	spin_unlock(&w->lock);
	return true;
}

void watch_count(void)
{
	watch_here()->calls++;
}

/* Look at every channel; true: one has posted. */
static bool look(struct watch *w)
{
	struct vcpu *v;
	bool found = false;

	spin_lock(&w->lock);
	list_for_each_entry (v, &w->vcpus, watch)
		found |= vcpu_look(v);
	spin_unlock(&w->lock);
	return found;
}

static u64 rate(const struct pace *p)
{
	return (p->calls << 30) / max(p->time, (u64)1);
}

/* What was long ago counts for less. */
static void add_pace(struct pace *p, u64 calls, u64 time)
{
	p->calls += calls;
	p->time += time;
	if (p->time > cycles_from_ns(MEMORY * TRIAL)) {
		p->calls /= 2;
		p->time /= 2;
	}
}

static void count_anew(struct watch *w, u64 now)
{
	w->first = w->calls;
	w->counted = now;
}

/* From now on calls are told of by notification. */
static void falls_asleep(struct watch *w, u64 now)
{
	w->told_first = w->calls;
	w->told = now;
}

/* One was.  A pause in which we would not have gone on looking is none of the guests' work. */
static void count_asleep(struct watch *w, u64 now)
{
	add_pace(&w->asleep, w->calls - w->told_first, min(now - w->told, cycles_from_ns(BUDGET)));
	falls_asleep(w, now);
}

/* True: something was posted at the last moment. */
static bool end(struct watch *w)
{
	struct vcpu *v;

	w->on = false;
	/* Did it do more than it cost to begin and end? */
	w->need =
		w->calls - w->began < CALLS_WORTH ? min(w->need * 2, (u64)CALLS_MOST) : CALLS_BEGIN;
	handover_flush();
	falls_asleep(w, cycles());
	sched_return_core();
	set_sync(true);
	spin_lock(&w->lock);
	list_for_each_entry (v, &w->vcpus, watch)
		tell_stub(v, false);
	spin_unlock(&w->lock);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	return look(w);
}

static void join(struct watch *w, struct vcpu *v)
{
	watch_remove(v);
	spin_lock(&w->lock);
	list_add_tail(&v->watch, &w->vcpus);
	spin_unlock(&w->lock);
	v->home = w;
	tell_stub(v, w->on);
}

void watch_add(struct vcpu *v)
{
	struct watch *w = watch_here();

	if (unlikely(v->home != w))
		join(w, v);
	v->ran_at = cycles();
	handover_check(v->ran_at);
}

bool watch_is_on(void)
{
	return watch_here()->on;
}

void watch_remove(struct vcpu *v)
{
	struct watch *w = v->home;

	if (!w)
		return;
	spin_lock(&w->lock);
	list_del(&v->watch);
	spin_unlock(&w->lock);
	v->home = NULL;
	tell_stub(v, false);
}

void watch_called(struct vcpu *v)
{
	struct watch *w = watch_here();
	u64 now = cycles();

	if (now - v->ran_at > cycles_from_ns(QUICK))
		count_anew(w, now);
	if (w->on || one_core)
		return;
	count_asleep(w, now);
	if (w->calls - w->first < (v->bulk.missed ? LONG_BEGIN : w->need) || now < w->off_until)
		return;
	w->due = now;
}

/* It was found worth it a moment ago, and the guest that was answered since runs on without us. */
static bool begin_if_due(struct watch *w)
{
	u64 due = w->due;

	w->due = 0;
	if (likely(!due) || cycles_since(due) > cycles_from_ns(BUDGET))
		return false;
	w->rate = 0;
	if (!begin(w))
		return false;
	count_anew(w, w->since);
	return true;
}

/* Is it still worth it?  Asked while looking; false: it was in vain. */
static bool still_pays(struct watch *w, u64 now)
{
	struct pace p = {w->calls - w->first, now - w->counted};
	u64 before = w->rate, asleep;

	if (likely(p.time < w->trial))
		return true;
	w->rate = rate(&p);
	add_pace(&w->looking, p.calls, p.time);
	count_anew(w, now);
	asleep = rate(&w->asleep);
	if (max(w->rate, rate(&w->looking)) < asleep + asleep / 8) {
		w->off_until = now + cycles_from_ns(DOUBT);
		return false;
	}
	/* The guests do something else now, of which we do not know how it was asleep. */
	return w->rate >= before / 4;
}

/* Do others want our core, more than a kernel thread now and then? */
static bool is_wanted(struct watch *w, u64 now)
{
	u64 lost = w->lost;

	if (now - w->lost_since > w->trial * LOST_TRIALS) {
		w->lost = 0;
		w->lost_since = now;
	}
	return lost > w->trial * LOST_TRIALS / LOST_PART;
}

void watch_copied(u64 held_up)
{
	struct watch *w = watch_here();
	u64 now = cycles();

	/* What it has taken is no time without a call. */
	w->seen = now;
	if (!held_up || !w->on || !was_preempted(w))
		return;
	w->lost += held_up;
	if (is_wanted(w, now)) {
		note_disturbed(w, now);
		(void)end(w);
	}
}

static bool look_closely(struct vcpu *own)
{
	for (unsigned i = 0; i < OTHERS; i++) {
		if (vcpu_look(own))
			return true;
		cpu_relax();
	}
	return false;
}

/* @own, if any, is looked at more often than the others. */
static enum spin spin(struct watch *w, struct vcpu *own)
{
	u64 start = cycles(), last = start, slice = sched_slice();

	for (;;) {
		u64 now;

		if ((own && look_closely(own)) || look(w)) {
			w->seen = last;
			return SPIN_FOUND;
		}
		if (sched_pending())
			return SPIN_FOUND;
		cpu_relax();
		now = cycles();
		handover_check(now);
		if (unlikely(now - last > w->preempted)) {
			if (was_preempted(w))
				w->lost += now - last;
			if (is_wanted(w, now)) {
				note_disturbed(w, now);
				break;
			}
			w->seen += now - last;
		}
		if ((now - w->seen > w->budget && now > w->seen) || !still_pays(w, now))
			break;
		if (now - start > slice)
			return SPIN_AGAIN;
		last = now;
	}
	return end(w) ? SPIN_FOUND : SPIN_NONE;
}

enum spin watch_spin(void)
{
	struct watch *w = watch_here();

	if (!w->on)
		return SPIN_NONE;
	return spin(w, NULL);
}

bool watch_wait(struct vcpu *v)
{
	struct watch *w = watch_here();

	if (sched_pending() || (!w->on && !begin_if_due(w)))
		return false;
	/* A guest that calls and calls must not keep the worker from all else. */
	if (sched_due()) {
		fiber_yield();
		return true;
	}
	switch (spin(w, v)) {
	case SPIN_FOUND:
		if (vcpu_pos(v) == POS_RUNNING)
			fiber_yield();
		return true;
	case SPIN_AGAIN:
		fiber_yield();
		return true;
	case SPIN_NONE:
		return false;
	}
	return false;
}
